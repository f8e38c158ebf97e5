import { createInterface } from 'node:readline';
import type { GatewayProvider } from '@payments/domain';
import { type Database, type EntityManager, openDatabase } from '@payments/persistence';
import { createLogger, Metrics } from '@payments/runtime';
import { CONNECT_MS_MAX, type GatewayUrls, startTestWorker } from './worker-parts.js';

/** Where a worker stands still: at a statement, or where the transaction that ran it commits. */
export interface Place {
  /** Words of the statement. */
  readonly of: string;
  readonly at: 'statement' | 'before commit' | 'after commit';
}

/**
 * A gateway's worker in a process of its own, to be killed or stopped. Says `stopped` on stdout when it first comes to
 * the place, and stands still there until it is told a line on stdin. Ends in order on SIGTERM.
 */
export interface WorkerProcessOptions {
  readonly databaseUrl: string;
  readonly urls: GatewayUrls;
  readonly provider: GatewayProvider;
  readonly timeoutMs: number;
  /** Null: nowhere. */
  readonly place: Place | null;
}

const options = JSON.parse(String(process.argv[2])) as WorkerProcessOptions;
const { databaseUrl: url, urls, provider, timeoutMs, place } = options;
const told = createInterface({ input: process.stdin });
// Whoever started it is gone.
told.once('close', () => process.exit(1));
let hasStopped = false;

const worker = startTestWorker({
  provider,
  urls,
  config: { timeoutMs },
  database: stopping(
    await openDatabase({
      url,
      poolSize: 5,
      applicationName: 'gateway-process',
      // Locks of a frozen worker are released sooner than in production.
      timeouts: { idleInTransactionMs: 2_000, connectMs: CONNECT_MS_MAX },
    }),
  ),
  logger: createLogger({ service: 'gateway-process', level: 'silent' }),
  metrics: new Metrics({ defaultMetrics: false }),
});
process.on('SIGTERM', () => void worker.close().then(() => process.exit(0)));

function stopping(database: Database): Database {
  const { primary } = database;
  const query = async (sql: string, parameters?: unknown[]): Promise<unknown> => {
    const result = await primary.query(sql, parameters);
    if (place?.at === 'after commit' && sql.includes(place.of)) await standStill();
    return result;
  };
  return {
    ...database,
    primary: Object.create(primary, { query: { value: query } }),
    transaction: async <T>(work: (em: EntityManager) => Promise<T>): Promise<T> => {
      let isThere = false;
      const result = await database.transaction(async (em) => {
        const query = em.query.bind(em);
        em.query = (async (sql: string, parameters?: unknown[]) => {
          if (place !== null && sql.includes(place.of)) isThere = true;
          if (isThere && place?.at === 'statement') await standStill();
          return query(sql, parameters);
        }) as EntityManager['query'];
        const value = await work(em);
        if (isThere && place?.at === 'before commit') await standStill();
        return value;
      });
      if (isThere) await standStill();
      return result;
    },
  };
}

async function standStill(): Promise<void> {
  if (hasStopped) return;
  hasStopped = true;
  process.stdout.write('stopped\n');
  await new Promise((resolve) => told.once('line', resolve));
}
