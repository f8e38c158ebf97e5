import type { GatewayCommand, TopicSpec } from '@payments/contracts';
import type { GatewayProvider, IntentRowId } from '@payments/domain';
import {
  type Database,
  type EntityManager,
  insertAttempts,
  type NewAttempt,
  wakeWaiting,
} from '@payments/persistence';
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
  readonly codec: Pick<SchemaCodec, 'decodeThen'>;
  readonly database: Pick<Database, 'primary'>;
  /** Called after attempts are committed. */
  readonly wakePool: () => void;
}

/** Persists commands as attempts, idempotently. The pool makes the calls: a slow one does not delay the topic. */
export class InsertAttempts implements Handler<NewAttempt> {
  readonly #deps: InsertAttemptsDeps;

  constructor(deps: InsertAttemptsDeps) {
    this.#deps = deps;
  }

  load(record: ConsumedRecord): NewAttempt | Promise<NewAttempt> {
    const { codec, provider, topic } = this.#deps;
    if (record.value === null) throw new PoisonError('EMPTY', 'the record has no value');
    return codec.decodeThen(topic, record.value, (command) => readGatewayCommand(command, provider));
  }

  async apply(em: EntityManager, messages: readonly Message<NewAttempt>[]): Promise<void> {
    await insertAttempts(
      em,
      messages.map(({ value }) => value),
    );
  }

  async afterCommit(messages: readonly Message<NewAttempt>[]): Promise<void> {
    const { database, wakePool } = this.#deps;
    wakePool();
    const behind = intentsBehindEarlierBatches(messages.map(({ value }) => value));
    if (behind.length > 0 && (await wakeWaiting(database.primary, behind))) wakePool();
  }
}

/** Those whose creation is in the same batch wait for that, which nobody has begun before the commit. */
function intentsBehindEarlierBatches(attempts: readonly NewAttempt[]): IntentRowId[] {
  const created = new Set(
    attempts.flatMap(({ operation, paymentIntentId }) => (operation === 'create' ? paymentIntentId : [])),
  );
  return attempts.map(({ paymentIntentId }) => paymentIntentId).filter((id) => !created.has(id));
}
