import { type Cache, createCache } from '@payments/cache';
import { createTestDatabase, sharedStack, until } from '@payments/local/testing';
import {
  type CreatedPayment,
  createPayment,
  type Database,
  type NewPaymentRow,
  openDatabase,
  openReadReplica,
  readIntentsNewerThan,
} from '@payments/persistence';
import {
  type ApiKey,
  adminHandler,
  createHttpServer,
  createLogger,
  Health,
  listen,
  Metrics,
} from '@payments/runtime';
import { measured } from '@payments/runtime/testing';
import { createApp } from '../app.js';
import { IntentWaiters } from '../intent-waiters.js';
import type { QueryDeps } from '../query-deps.js';
import { QueryEvents } from '../query-events.js';
import { checkAnswer } from './check-answer.js';

export interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  readonly body: AnswerBody;
}

/** Fields that tests access by name. */
export interface AnswerBody {
  readonly payments: readonly { readonly intentId: string; readonly version: number }[];
  readonly entries: readonly object[];
  readonly reviews: readonly { readonly attemptId: string }[];
  readonly nextCursor: string | null;
  readonly version: number;
  readonly status: string;
  readonly detail: string;
}

/** The read side in this process, on its own database and the shared Redis. */
export interface TestQuery {
  readonly database: Database;
  readonly cache: Cache;
  readonly metrics: Metrics;
  readonly waiters: IntentWaiters;
  readonly url: string;
  get(path: string, init?: RequestInit): Promise<Answer>;
  create(payment?: Partial<NewPaymentRow>): Promise<CreatedPayment>;
  /** Stands for a worker's commit: another status, the next version. Invalidates nothing. */
  change(created: CreatedPayment, status?: string): Promise<void>;
  /** A metric's value, summed over its labels. */
  measured(name: string): Promise<number>;
  close(): Promise<void>;
}

export interface TestQueryOptions {
  readonly databaseUrl?: string;
  readonly replicaUrl?: string;
  readonly redisUrl?: string;
  readonly waitersMax?: number;
  readonly waitersPerKeyMax?: number;
  readonly overrides?: Partial<QueryDeps>;
}

export const WAIT_MS_MAX = 30_000;
const KEY = 'a-test-key';
export const OTHER_KEY = 'another-test-key';
const KEYS = {
  find: (presented: string): ApiKey | undefined =>
    presented === KEY || presented === OTHER_KEY
      ? {
          id: `holder of ${presented}`,
          hash: Buffer.alloc(32),
          expiresAtMs: Number.POSITIVE_INFINITY,
          scopes: new Set(['payments:read'] as const),
        }
      : undefined,
};
const POLL_MS = 10;
const REQUEST_TIMEOUT_MS = 10_000;

export async function startTestQuery(options: TestQueryOptions = {}): Promise<TestQuery> {
  const { waitersMax = 100, waitersPerKeyMax = waitersMax } = options;
  const own = options.databaseUrl === undefined ? await createTestDatabase() : undefined;
  const url = own?.url ?? options.databaseUrl ?? '';
  const logger = createLogger({ service: 'query-test', level: 'silent' });
  const metrics = new Metrics({ defaultMetrics: false });
  const pool = { poolSize: 4, applicationName: 'query-test', logger };
  const database = await openDatabase({ ...pool, url });
  const replica = openReadReplica({
    ...pool,
    metrics,
    primary: database.primary,
    primaryUrl: url,
    url: options.replicaUrl,
    lagMsMax: 1_000,
    intervalMs: 50,
  });
  const redisUrl = options.redisUrl ?? sharedStack().redisUrl;
  const cache = createCache({ url: redisUrl, logger, metrics, timeoutMs: 2_000, breakerResetMs: 50 });
  const waiters = new IntentWaiters({
    readNewer: (versions) => readIntentsNewerThan(database.primary, versions),
    pollMs: POLL_MS,
    waitersMax,
    waitersPerKeyMax,
    logger,
    metrics,
  });
  const app = createApp({
    database,
    replica,
    cache,
    waiters,
    waitMsMax: WAIT_MS_MAX,
    keys: KEYS,
    events: new QueryEvents(logger, metrics),
    admin: adminHandler({ health: new Health(), metrics, logger }),
    ...options.overrides,
  });
  const server = createHttpServer(app, REQUEST_TIMEOUT_MS);
  const base = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  return {
    database,
    cache,
    metrics,
    waiters,
    url: base,
    get: (path, init) => get(base + path, { headers: { authorization: `Bearer ${KEY}` }, ...init }),
    create: async (payment = {}) => {
      const creation = await database.transaction((em) => createPayment(em, { ...aPayment(), ...payment }));
      if (creation.outcome !== 'created') throw new Error(`not created: ${creation.outcome}`);
      return creation;
    },
    change: async ({ id }, status = 'PROCESSING') => {
      await database.primary.query(
        `UPDATE payment_intents SET status = $2, version = version + 1, updated_at = now()
         WHERE id = $1 AND created_at = uuid_v7_time($1)`,
        [id, status],
      );
    },
    measured: (name) => measured(metrics, name),
    close: async () => {
      waiters.close();
      server.closeAllConnections();
      server.close();
      cache.close();
      await replica.close();
      await database.close();
      await own?.drop();
    },
  };
}

/** Waits until the cache, which connects in the background, reaches Redis. */
export async function untilCacheAnswers({ cache }: Pick<TestQuery, 'cache'>): Promise<void> {
  const answers = async () => (await cache.look('test:nothing')).kind !== 'unknown';
  await until(answers, { what: 'the cache to answer' });
}

let made = 0;

export function aPayment(): NewPaymentRow {
  made += 1;
  const name = `${process.pid}-${Date.now()}-${made}`;
  return {
    orderId: `order-${name}`,
    customerId: `cust-${name}`,
    provider: 'stripe',
    amount: { amountMinor: 1999n, currency: 'USD' },
  };
}

async function get(url: string, init?: RequestInit): Promise<Answer> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  const body = text === '' ? undefined : JSON.parse(text);
  const { status, headers } = answer;
  if (status === 200 && body !== undefined && url.includes('/v1/')) checkAnswer(url, body);
  return { status, type: headers.get('content-type'), headers, body };
}
