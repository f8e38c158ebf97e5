import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Fact, type GatewayProvider, type IntentRowId, type Leg, uuidv7Time } from '@payments/domain';
import { createTestDatabase } from '@payments/local/testing';
import type { EntityManager } from 'typeorm';
import { type Database, openDatabase } from '../database.js';
import { sqlState } from '../database-error.js';
import {
  type Applied,
  applyToPayments,
  type CreatedPayment,
  createPayment,
  type DeferredWebhook,
  insertWebhooks,
  knownWebhooks,
  loadPaymentsForUpdate,
  type NewPaymentRow,
  objectIdsOf,
  type ReadWaiting,
  type Report,
  settleWaiting,
  VersionConflictError,
  type WebhookRow,
} from '../index.js';
import type { LoadedPayment } from '../payments/load-payments.js';
import type { SettleWaitingOptions } from '../payments/settle-waiting.js';

export interface TestLedger {
  readonly database: Database;
  /** How often a transaction was retried after a conflict. */
  readonly conflicts: { versions: number; deadlocks: number };
  create(payment?: Partial<NewPaymentRow>, delays?: Delays): Promise<CreatedPayment>;
  /** The webhook worker's step: each webhook once, with its effect, in one transaction. */
  deliver(webhooks: readonly TestWebhook[], delays?: Delays): Promise<Applied>;
  /** The gateway worker's step: an answer's facts and ids, without a webhook. */
  write(reports: readonly Report[], delays?: Delays): Promise<Applied>;
  /** The webhook worker's step after commits and by timer: until nothing is left to do, or `times` times. */
  settle(options?: SettleOptions): Promise<readonly DeferredWebhook[]>;
  /** Waiting webhooks that cannot be opened at present, and why. */
  readonly unreadable: Map<string, Error>;
  /** A transaction that is retried after conflicts. */
  transaction<T>(fn: (em: EntityManager) => Promise<T>): Promise<T>;
  load(id: IntentRowId): Promise<LoadedPayment>;
  statuses(): Promise<Record<string, string>>;
  rows(sql: string, parameters?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** Removes all payments, webhooks and counts of conflicts. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export interface TestWebhook extends Omit<Report, 'intentId' | 'source'> {
  readonly webhookId: string;
  readonly source?: 'gateway' | 'reconciliation';
  readonly intentId?: Report['intentId'];
}

export interface SettleOptions extends Omit<SettleWaitingOptions, 'readWaiting'> {
  /** Limit of transactions; by default until nothing is left to do. */
  readonly times?: number;
}

/** Milliseconds to wait within the transaction, so that others interleave. */
export interface Delays {
  readonly beforeMs?: number;
  readonly beforeCommitMs?: number;
}

const RUNS_MAX = 20;

/** Payments on a real Postgres; webhook bodies are their facts as JSON, unsealed. */
export async function openTestLedger(poolSize = 8): Promise<TestLedger> {
  const testDatabase = await createTestDatabase();
  const database = await openDatabase({ url: testDatabase.url, poolSize, applicationName: 'payments-test' });
  const conflicts = { versions: 0, deadlocks: 0 };
  const unreadable = new Map<string, Error>();
  const readWaiting: ReadWaiting = ({ webhookId, sealedBody }) => {
    const error = unreadable.get(webhookId);
    return error === undefined ? { facts: factsIn(sealedBody) } : { waitsOn: error };
  };
  const run = <T>(fn: (em: EntityManager) => Promise<T>): Promise<T> => again(database, conflicts, fn);
  return {
    database,
    conflicts,
    transaction: run,
    create: async (payment = {}, delays = {}) => {
      const creation = await run(async (em) => {
        await pause(delays.beforeMs);
        const created = await createPayment(em, { ...aPayment(), ...payment });
        await pause(delays.beforeCommitMs);
        return created;
      });
      if (creation.outcome !== 'created') throw new Error(`not created: ${creation.outcome}`);
      return creation;
    },
    deliver: (webhooks, delays = {}) =>
      run(async (em) => {
        await pause(delays.beforeMs);
        const { done, failed } = await knownWebhooks(
          em,
          webhooks.map(({ webhookId }) => webhookId),
        );
        const fresh = webhooks.filter(({ webhookId }) => !done.has(webhookId));
        const applied = await applyToPayments(em, fresh.map(reportOf));
        await pause(delays.beforeCommitMs);
        const rows = fresh.map((webhook, index) => rowOf(webhook, applied.verdicts[index]));
        await insertWebhooks(em, rows, { replacing: failed });
        return applied;
      }),
    write: (reports, delays = {}) =>
      run(async (em) => {
        await pause(delays.beforeMs);
        const applied = await applyToPayments(em, reports);
        await pause(delays.beforeCommitMs);
        return applied;
      }),
    unreadable,
    settle: async ({ times = Number.POSITIVE_INFINITY, ...options } = {}) => {
      const deferred: DeferredWebhook[] = [];
      for (let [time, more] = [0, true]; more && time < times; time += 1) {
        const done = await run((em) => settleWaiting(em, { ...options, readWaiting }));
        deferred.push(...done.deferred);
        more = done.more;
      }
      return deferred;
    },
    load: async (id) => {
      const loaded = (await database.transaction((em) => loadPaymentsForUpdate(em, [id]))).get(id);
      if (loaded === undefined) throw new Error(`no payment ${id}`);
      return loaded;
    },
    statuses: async () => {
      const rows: { webhook_id: string; status: string }[] = await database.primary.query(
        'SELECT webhook_id, status FROM payment_webhooks ORDER BY webhook_id',
      );
      return Object.fromEntries(rows.map((row) => [row.webhook_id, row.status]));
    },
    rows: (sql, parameters = []) => database.primary.query(sql, [...parameters]),
    clear: async () => {
      Object.assign(conflicts, { versions: 0, deadlocks: 0 });
      unreadable.clear();
      await database.primary.query(`TRUNCATE payment_intents, payment_intent_keys, intent_legs, gateway_object_refs,
        payment_transactions, payment_transaction_keys, payment_webhooks, payment_webhook_bodies, outbox, commands,
        gateway_requests, gateway_attempts CASCADE`);
    },
    close: async () => {
      await database.close();
      await testDatabase.drop();
    },
  };
}

export function aPayment(): NewPaymentRow {
  return {
    orderId: `order-${randomUUID()}`,
    customerId: 'cust-7',
    provider: 'stripe',
    amount: { amountMinor: 1999n, currency: 'USD' },
  };
}

/** Opens a second leg, as a failover does. */
export async function openLeg(
  { database }: TestLedger,
  id: IntentRowId,
  leg: Pick<Leg, 'leg' | 'provider'>,
): Promise<void> {
  await database.transaction(async (em) => {
    await em.query('INSERT INTO intent_legs (payment_intent_id, leg, gateway_provider) VALUES ($1, $2, $3)', [
      id,
      leg.leg,
      leg.provider,
    ]);
    await em.query('UPDATE payment_intents SET current_leg = $2 WHERE id = $1 AND created_at = $3', [
      id,
      leg.leg,
      uuidv7Time(id),
    ]);
  });
}

const USD = 'USD';

/** A capture as reported by a gateway. */
export function captured(objectId: string, said: Partial<Extract<Fact, { kind: 'captured' }>> = {}): Fact {
  return {
    kind: 'captured',
    provider: 'stripe',
    objectId,
    relatedIds: [],
    occurredAt: 1_764_000_000_000,
    amount: { amountMinor: 1999n, currency: USD },
    ...said,
  };
}

export function refunded(objectId: string, said: Partial<Extract<Fact, { kind: 'refund' }>> = {}): Fact {
  return {
    kind: 'refund',
    state: 'succeeded',
    provider: 'stripe',
    objectId,
    relatedIds: [],
    occurredAt: 1_764_000_100_000,
    amount: { amountMinor: 500n, currency: USD },
    ...said,
  };
}

export function webhookOf(
  webhookId: string,
  facts: readonly Fact[],
  provider: GatewayProvider = 'stripe',
): TestWebhook {
  return { webhookId, provider, objectIds: [], facts };
}

async function again<T>(
  database: Database,
  conflicts: TestLedger['conflicts'],
  fn: (em: EntityManager) => Promise<T>,
): Promise<T> {
  for (let runs = 1; ; runs += 1) {
    try {
      return await database.transaction(fn);
    } catch (error) {
      const isDeadlock = sqlState(error) === '40P01';
      if (isDeadlock) conflicts.deadlocks += 1;
      else if (error instanceof VersionConflictError) conflicts.versions += 1;
      else throw error;
      if (runs === RUNS_MAX) throw error;
    }
  }
}

function reportOf({ source = 'gateway', intentId = null, ...webhook }: TestWebhook): Report {
  return { ...webhook, source, intentId };
}

function rowOf(webhook: TestWebhook, verdict: Applied['verdicts'][number] | undefined): WebhookRow {
  if (verdict === undefined) throw new Error('a report without a verdict');
  return {
    webhookId: webhook.webhookId,
    provider: webhook.provider,
    eventType: 'test',
    source: webhook.source ?? 'gateway',
    status: verdict.status,
    receivedAt: new Date(),
    eventTime: null,
    objectIds: verdict.status === 'UNMATCHED' ? verdict.waitsFor : objectIdsOf(webhook),
    paymentIntentId: verdict.paymentIntentId,
    error: verdict.status === 'FAILED' ? verdict.error : null,
    sealedBody: Buffer.from(JSON.stringify(webhook.facts, bigintAsText)),
    kafka: { topic: 'test', partition: 0, offset: 0n },
  };
}

function factsIn(body: Buffer): Fact[] {
  return JSON.parse(body.toString(), (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith('bigint:') ? BigInt(value.slice(7)) : value,
  ) as Fact[];
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `bigint:${value}` : value;
}

async function pause(ms = 0): Promise<void> {
  if (ms > 0) await delay(ms);
}
