import type { GatewayCommand, TopicSpec } from '@payments/contracts';
import type { GatewayProvider } from '@payments/domain';
import { type EntityManager, insertAttempts, type NewAttempt } from '@payments/persistence';
import {
  type ConsumedRecord,
  type Handler,
  type Message,
  PoisonError,
  type SchemaCodec,
} from '@payments/worker';
import { readGatewayCommand } from '../read-gateway-command.js';

export interface InsertAttemptsDeps {
  readonly provider: GatewayProvider;
  readonly topic: TopicSpec<GatewayCommand>;
  readonly codec: Pick<SchemaCodec, 'decode'>;
  /** Called after attempts are committed. */
  readonly wakePool: () => void;
}

/** Persists commands as attempts, idempotently. The pool makes the calls: a slow one does not delay the topic. */
export class InsertAttempts implements Handler<NewAttempt> {
  readonly #deps: InsertAttemptsDeps;

  constructor(deps: InsertAttemptsDeps) {
    this.#deps = deps;
  }

  async load(record: ConsumedRecord): Promise<NewAttempt> {
    if (record.value === null) throw new PoisonError('EMPTY', 'the record has no value');
    const command = await this.#deps.codec.decode(this.#deps.topic, record.value);
    return readGatewayCommand(command, this.#deps.provider);
  }

  async apply(em: EntityManager, messages: readonly Message<NewAttempt>[]): Promise<void> {
    await insertAttempts(
      em,
      messages.map(({ value }) => value),
    );
  }

  async afterCommit(): Promise<void> {
    this.#deps.wakePool();
  }
}
