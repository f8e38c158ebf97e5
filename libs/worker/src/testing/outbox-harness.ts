import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { PaymentIntentEvent } from '@payments/contracts';
import { boundToParent, createTestDatabase, sharedStack, uniqueName, until } from '@payments/local/testing';
import { ensureTopics, type OutgoingRecord, type RecordPosition, startConsumer } from '@payments/messaging';
import { appendOutbox, type Database, type EntityManager } from '@payments/persistence';
import { measured } from '@payments/runtime/testing';
import { intentEventsRoute } from '../outbox/intent-events-route.js';
import { type OutboxRelay, startOutboxRelay } from '../outbox/outbox-relay.js';
import type { OutboxRelayOptions, OutboxRelayTuning } from '../outbox/outbox-relay-options.js';
import { eventPayload } from './outbox-payload.js';
import { connectRelayParts, type RelayParts, type RelayTarget, topicSpecOf } from './relay-parts.js';
import type { RelayProcessOptions } from './relay-process.js';

/** Only relays that are killed need short leases: a busy machine may lose those, and its relay then repeats records. */
const QUICK: Partial<OutboxRelayTuning> = {
  leaseMs: 600_000,
  renewMs: 200,
  sweepMs: 100,
  backoff: { baseMs: 20, capMs: 200 },
};

/** Tests wait this long for a takeover. */
export const SHORT_LEASE_MS = 1_000;

const RELAY_PROCESS = fileURLToPath(new URL('relay-process.js', import.meta.url));

/** Relays under test with their own database and topic, and what readers of the topic saw. */
export class OutboxHarness {
  readonly parts: RelayParts;
  readonly target: RelayTarget;
  /** In reading order; records of one intent are in one partition. */
  readonly received: PaymentIntentEvent[] = [];
  readonly #cleanUp: (() => Promise<unknown>)[] = [];

  static async create(over: Partial<RelayTarget> = {}): Promise<OutboxHarness> {
    const { kafkaBrokers, registryUrl } = sharedStack();
    const { url: databaseUrl, drop } = await createTestDatabase();
    const topic = uniqueName('intent-events');
    const target = { databaseUrl, kafkaBrokers, registryUrl, topic, deadlineMs: 10_000, ...over };
    const harness = new OutboxHarness(target, await connectRelayParts(target));
    harness.#cleanUp.push(drop);
    await harness.#begin();
    return harness;
  }

  constructor(target: RelayTarget, parts: RelayParts) {
    this.target = target;
    this.parts = parts;
    this.#cleanUp.push(
      () => parts.database.close(),
      () => parts.producer.close(),
    );
  }

  get database(): Database {
    return this.parts.database;
  }

  async #begin(): Promise<void> {
    const { kafka, codec, logger, metrics } = this.parts;
    const spec = topicSpecOf(this.target.topic);
    await ensureTopics(kafka, [spec], { replicationFactor: 1, minInSyncReplicas: 1 });
    const consumer = await startConsumer({
      kafka,
      groupId: spec.name,
      topics: [spec.name],
      logger,
      metrics,
      onBatch: async (batch) => {
        for (const { value, offset } of batch.records) {
          this.received.push(await codec.decode(spec, value as Buffer));
          batch.resolve(BigInt(offset));
        }
      },
      onCrash: (error) => {
        throw error;
      },
    });
    this.#cleanUp.push(() => consumer.close());
    // Stands for payment_intents: a version, locked from its read to the commit.
    await this.database.primary.query('CREATE TABLE versions (id uuid PRIMARY KEY, version bigint NOT NULL)');
  }

  /** Closes what was started, latest first. */
  async close(): Promise<void> {
    for (const step of this.#cleanUp.reverse()) await step();
  }

  async startRelay(
    tuning: Partial<OutboxRelayTuning> = {},
    over: Partial<OutboxRelayOptions> = {},
  ): Promise<OutboxRelay> {
    const { database, producer, codec, logger, metrics } = this.parts;
    const relay = await startOutboxRelay({
      database,
      producer,
      codec,
      logger,
      metrics,
      routes: [intentEventsRoute(topicSpecOf(this.target.topic))],
      tuning: { ...QUICK, ...tuning },
      ...over,
    });
    this.#cleanUp.push(() => relay.close());
    return relay;
  }

  /** A relay in its own process; resolves when it has printed `word`. */
  async spawnRelay(word: 'started' | 'stopped', stopBefore?: string): Promise<ChildProcess> {
    const options: RelayProcessOptions = {
      ...this.target,
      tuning: { ...QUICK, leaseMs: SHORT_LEASE_MS },
      ...(stopBefore === undefined ? {} : { stopBefore }),
    };
    const { file, args } = boundToParent(
      { file: process.execPath, args: [RELAY_PROCESS, JSON.stringify(options)] },
      'SIGKILL',
    );
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#cleanUp.push(() => kill(child));
    for await (const line of createInterface({ input: child.stdout })) if (line === word) return child;
    throw new Error(`the relay process ended before it said ${word}`);
  }

  /** A worker's transaction: locks the intent, increments its version, appends the events. */
  async write(
    em: EntityManager,
    intentId: string,
    { count = 1, payload = {} }: { count?: number; payload?: object } = {},
  ): Promise<ReadonlySet<number>> {
    const [row]: { version: string }[] = await em.query(
      `INSERT INTO versions VALUES ($1, $2) ON CONFLICT (id)
       DO UPDATE SET version = versions.version + $2 RETURNING version`,
      [intentId, count],
    );
    const first = Number(row?.version) - count + 1;
    const rows = Array.from({ length: count }, (_, at) => ({
      paymentIntentId: intentId,
      intentId,
      topic: this.target.topic,
      version: first + at,
      payload: eventPayload(intentId, first + at, payload),
    }));
    return appendOutbox(em, rows);
  }

  /** One committed transaction. */
  commit(intentId: string, count = 1, payload: object = {}): Promise<ReadonlySet<number>> {
    return this.database.transaction((em) => this.write(em, intentId, { count, payload }));
  }

  /** A metric's value, summed over the series with these labels. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number> {
    return measured(this.parts.metrics, name, labels);
  }

  async pending(): Promise<number> {
    const [row] = await this.database.primary.query('SELECT count(*)::int AS n FROM outbox');
    return row.n;
  }

  /** Waits until no row is left and all events are read: versions 1 to the last written, of every intent. */
  async drained(): Promise<void> {
    await until(async () => (await this.pending()) === 0, {
      what: 'the outbox to be empty',
      timeoutMs: 60_000,
    });
    const written: { id: string; version: string }[] = await this.database.primary.query(
      'SELECT id, version FROM versions',
    );
    await until(() => written.every(({ id, version }) => this.firsts(id).includes(Number(version))), {
      what: 'the last events to be read',
      timeoutMs: 60_000,
    });
  }

  /** Versions of an intent in the order of their first appearance. */
  firsts(intentId: string): number[] {
    return [...new Set(this.versions(intentId))];
  }

  /** Versions of an intent as read, repetitions included. */
  versions(intentId: string): number[] {
    return this.received.filter((event) => event.intentId === intentId).map(({ version }) => version);
  }
}

export function newIntents(count: number): string[] {
  return Array.from({ length: count }, () => randomUUID());
}

export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** 1 to `last`: the versions that a reader must see of an intent. */
export function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, at) => at + 1);
}

/** A producer that holds records at a gate. */
export class GatedProducer {
  readonly stalledMs = 0;
  readonly #send: (record: OutgoingRecord) => Promise<RecordPosition>;
  readonly #gate = Promise.withResolvers<void>();
  waiting = 0;

  constructor(producer: { send(record: OutgoingRecord): Promise<RecordPosition> }) {
    this.#send = (record) => producer.send(record);
  }

  async send(record: OutgoingRecord): Promise<RecordPosition> {
    this.waiting += 1;
    await this.#gate.promise;
    return this.#send(record);
  }

  open(): void {
    this.#gate.resolve();
  }
}
