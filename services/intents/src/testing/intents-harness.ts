import { randomBytes } from 'node:crypto';
import { deadLetterTopicOf, type PaymentIntentCommand } from '@payments/contracts';
import { createTestDatabase, sharedStack, uniqueName, until } from '@payments/local/testing';
import { type ConsumedRecord, ensureTopics, type OutgoingRecord, startConsumer } from '@payments/messaging';
import { applyToPayments, type EntityManager, type Report } from '@payments/persistence';
import type { Worker } from '@payments/worker';
import {
  commandsSpec,
  connectIntentsParts,
  failTest,
  type IntentsParts,
  type IntentsTarget,
  startIntentsWorker,
} from './intents-parts.js';

type Row = Record<string, unknown>;
type Answer = Pick<Report, 'facts'> & { readonly gatewayObjectId?: string };
const PLACEMENT = { replicationFactor: 1, minInSyncReplicas: 1 };

/** Intents workers on the shared stack with their own topic, database and keys. */
export class IntentsHarness {
  readonly target: IntentsTarget;
  readonly parts: IntentsParts;
  readonly deadLetters: ConsumedRecord[] = [];
  readonly #cleanUp: (() => unknown)[] = [];
  #published = 0;

  static async create(): Promise<IntentsHarness> {
    const { kafkaBrokers, registryUrl, redisUrl } = sharedStack();
    const { url: databaseUrl, drop } = await createTestDatabase();
    const topic = uniqueName('intents');
    const key = randomBytes(32).toString('hex');
    const target = { databaseUrl, kafkaBrokers, registryUrl, redisUrl, topic, key };
    const harness = new IntentsHarness(target, await connectIntentsParts(target));
    harness.#cleanUp.push(drop, () => harness.parts.close());
    await harness.#begin();
    return harness;
  }

  private constructor(target: IntentsTarget, parts: IntentsParts) {
    this.target = target;
    this.parts = parts;
  }

  async #begin(): Promise<void> {
    const { kafka, codec, logger, metrics } = this.parts;
    const spec = commandsSpec(this.target.topic);
    const deadLetterTopic = deadLetterTopicOf(spec.name);
    await ensureTopics(kafka, [spec, { ...spec, name: deadLetterTopic }], PLACEMENT);
    await codec.register(spec);
    const reader = await startConsumer({
      kafka,
      logger,
      metrics,
      groupId: deadLetterTopic,
      topics: [deadLetterTopic],
      onBatch: async (batch) => {
        this.deadLetters.push(...batch.records);
        for (const { offset } of batch.records) batch.resolve(BigInt(offset));
      },
      onCrash: failTest,
    });
    this.#cleanUp.push(() => reader.close());
  }

  /** Closes what was started, latest first. */
  async close(): Promise<void> {
    for (const step of this.#cleanUp.splice(0).reverse()) await step();
  }

  onClose(step: () => unknown): void {
    this.#cleanUp.push(step);
  }

  async startWorker(over: Parameters<typeof startIntentsWorker>[2] = {}, group?: string): Promise<Worker> {
    const { topic } = this.target;
    const worker = await startIntentsWorker(
      this.parts,
      group === undefined ? { topic } : { topic, group },
      over,
    );
    this.#cleanUp.push(() => worker.close());
    return worker;
  }

  /** @param as how the records differ from the client's: headers, and a key other than the intent's id */
  async publish(
    commands: readonly PaymentIntentCommand[],
    producer = this.parts.producer,
    as: Pick<OutgoingRecord, 'headers'> & Partial<Pick<OutgoingRecord, 'key'>> = {},
  ): Promise<void> {
    const spec = commandsSpec(this.target.topic);
    this.#published += commands.length;
    await Promise.all(
      commands.map((command) =>
        producer.send({
          topic: spec.name,
          key: command.intentId,
          value: this.parts.codec.encode(spec, command),
          ...as,
        }),
      ),
    );
  }

  async publishBytes(value: Buffer | null): Promise<void> {
    this.#published += 1;
    await this.parts.producer.send({ topic: this.target.topic, key: 'key', value });
  }

  /** Waits until every published record is processed. */
  async finished(group = this.target.topic): Promise<void> {
    const saved = async (): Promise<number> => {
      const [row] = await this.rows(
        'SELECT coalesce(sum(next_offset), 0)::int AS n FROM consumer_offsets WHERE consumer_group = $1',
        [group],
      );
      return Number(row?.n);
    };
    await until(async () => (await saved()) >= this.#published, {
      what: 'every record to be finished',
      timeoutMs: 60_000,
    });
  }

  rows(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.parts.database.primary.query(sql, [...parameters]);
  }

  /** Outcomes of commands by id: `DONE` or the rejection code. */
  async outcomes(): Promise<Record<string, string>> {
    const rows = await this.rows(`SELECT command_id, coalesce(code, outcome) AS outcome FROM commands`);
    return Object.fromEntries(rows.map((row) => [row.command_id, String(row.outcome)]));
  }

  /** A gateway's answer to the call of a command, as its worker writes it. */
  async answer(command: PaymentIntentCommand, operation: 'create' | 'refund', answer: Answer): Promise<void> {
    await this.parts.database.transaction((em) => writeAnswer(em, command, operation, answer));
  }

  /** All rows of all tables, as text. */
  async everythingStored(): Promise<string> {
    const tables = await this.rows(`SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`);
    const texts = await Promise.all(
      tables.map(({ name }) => this.rows(`SELECT coalesce(json_agg(t)::text, '') AS text FROM "${name}" t`)),
    );
    return texts.flatMap((rows) => rows.map(({ text }) => String(text))).join('\n');
  }
}

async function writeAnswer(
  em: EntityManager,
  { intentId, commandId }: PaymentIntentCommand,
  operation: 'create' | 'refund',
  { facts, gatewayObjectId }: Answer,
): Promise<void> {
  const [row]: { id: string }[] = await em.query(
    'SELECT payment_intent_id AS id FROM payment_intent_keys WHERE intent_id = $1',
    [intentId],
  );
  const leg = { paymentIntentId: row?.id, leg: 1, ...(gatewayObjectId !== undefined && { gatewayObjectId }) };
  const report = {
    source: 'command',
    provider: 'stripe',
    objectIds: [],
    intentId: null,
    facts,
    leg,
    answers: { commandId, leg: 1, operation },
  };
  await applyToPayments(em, [report as unknown as Report]);
}
