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
  /** Called once attempts are committed. */
  readonly wakePool: () => void;
}

/** Writes down what is to be called, once each. The calls themselves are the pool's: a slow one holds up no record. */
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
