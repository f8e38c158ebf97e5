import { load } from '../load.js';
import { percentile } from '../median.js';
import { pacedLoad } from '../paced-load.js';
import { queryOnce, storedRows } from '../worker/databases.js';
import { type Creation, creations } from './creations.js';

export const CONNECTIONS = 64;
export const WARM_UP_SECONDS = 2;
export const SECONDS = 5;

/** The measured system: an ingress on `port`, and services/intents, which writes to the database. */
export interface Measurable {
  readonly port: number;
  readonly databaseUrl: string;
}

export interface Rate {
  readonly creations: number;
  /** Answers that were no 202. */
  readonly failed: number;
  /** From the first request to the last answer. */
  readonly acceptedPerSecond: number;
  /** From the first request to the last commit. */
  readonly committedPerSecond: number;
}

/** Measures the maximum rate: each connection always has one request in flight. */
export async function measureRate(measured: Measurable, count: number): Promise<Rate> {
  const all = creations(count);
  const requests = all.map(({ request }) => request).values();
  const before = await countCommands(measured);
  const startedAtMs = performance.timeOrigin + performance.now();
  const { failed, requestsPerSecond } = await load({
    port: measured.port,
    connections: CONNECTIONS,
    seconds: 60,
    requests,
  });
  await storedRows(measured.databaseUrl, 'commands', before + count - failed);
  const lastAtMs = Math.max(...(await timesOf(measured, all)).map(({ committedAt }) => committedAt));
  return {
    creations: count,
    failed,
    acceptedPerSecond: requestsPerSecond,
    committedPerSecond: (count - failed) / ((lastAtMs - startedAtMs) / 1000),
  };
}

export interface Latency {
  readonly requestsPerSecond: number;
  readonly creations: number;
  /** Answers that were no 202. */
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /**
   * Medians of the stages: until services/intents has read the command, until its transaction begins, until its
   * commit.
   */
  readonly stagesP50Ms: Readonly<Record<'untilRead' | 'untilBegun' | 'untilCommitted', number>>;
}

/**
 * Measures the latency at a steady rate, after a warm-up: from the time at which a request was due, so that a late
 * sender does not hide delays (coordinated omission), to the commit's timestamp. Sender and Postgres share a clock.
 */
export async function measureLatency(measured: Measurable, requestsPerSecond: number): Promise<Latency> {
  const all = creations(requestsPerSecond * (WARM_UP_SECONDS + SECONDS));
  const requests = all.map(({ request }) => request);
  const before = await countCommands(measured);
  const { failed, startedAtMs } = await pacedLoad({
    port: measured.port,
    connections: CONNECTIONS,
    requestsPerSecond,
    requests,
  });
  await storedRows(measured.databaseUrl, 'commands', before + all.length - failed);
  const dueAtMs = new Map(
    all.map(({ commandId }, index) => [commandId, startedAtMs + (index / requestsPerSecond) * 1000]),
  );
  const measuredOnes = all.slice(requestsPerSecond * WARM_UP_SECONDS);
  const times = (await timesOf(measured, measuredOnes)).map((one) => ({
    ...one,
    dueAt: dueAtMs.get(one.commandId) ?? Number.NaN,
  }));
  const took = times.map(({ dueAt, committedAt }) => committedAt - dueAt);
  return {
    requestsPerSecond,
    creations: times.length,
    failed,
    p50Ms: percentile(took, 0.5),
    p99Ms: percentile(took, 0.99),
    maxMs: percentile(took, 1),
    stagesP50Ms: {
      untilRead: middle(times.map(({ dueAt, receivedAt }) => receivedAt - dueAt)),
      untilBegun: middle(times.map(({ receivedAt, decidedAt }) => decidedAt - receivedAt)),
      untilCommitted: middle(times.map(({ decidedAt, committedAt }) => committedAt - decidedAt)),
    },
  };
}

function middle(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** In milliseconds since the epoch. */
interface Times {
  readonly commandId: Creation['commandId'];
  readonly receivedAt: number;
  readonly decidedAt: number;
  readonly committedAt: number;
}

const TIMES = `
SELECT command_id AS "commandId", outcome, (extract(epoch FROM received_at) * 1000)::float8 AS "receivedAt",
  (extract(epoch FROM decided_at) * 1000)::float8 AS "decidedAt",
  (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000)::float8 AS "committedAt"
FROM commands`;

/** @throws Error if one was rejected: the time of a rejection must not count */
async function timesOf({ databaseUrl }: Measurable, of: readonly Creation[]): Promise<Times[]> {
  const rows = await queryOnce<Times & { outcome: string }>(databaseUrl, TIMES);
  const ids = new Set(of.map(({ commandId }) => commandId));
  const found = rows.filter(({ commandId }) => ids.has(commandId));
  const rejected = found.filter(({ outcome }) => outcome !== 'DONE').length;
  if (rejected > 0) throw new Error(`${rejected} of ${found.length} creations were rejected`);
  return found;
}

async function countCommands({ databaseUrl }: Measurable): Promise<number> {
  const [row] = await queryOnce<{ n: number }>(databaseUrl, 'SELECT count(*)::int AS n FROM commands');
  return row?.n ?? 0;
}
