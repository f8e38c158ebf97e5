import { createCache } from '@payments/cache';
import { awaitDatabase, openReadReplica, readIntentsNewerThan } from '@payments/persistence';
import {
  ApiKeysFile,
  adminHandler,
  closeServer,
  createHttpServer,
  listen,
  type ServiceRuntime,
} from '@payments/runtime';
import { createApp } from './app.js';
import type { QueryConfig } from './config.js';
import { IntentWaiters } from './intent-waiters.js';
import { QueryEvents } from './query-events.js';

const REQUEST_TIMEOUT_MS = 10_000;
/** Reads are short, or not worth waiting for; with connecting, they stay within the life of a cache ticket. */
const TIMEOUTS = { connectMs: 2_000, statementMs: 3_000 };

/**
 * Wires the read side and starts it; what it starts is stopped in reverse order at shutdown.
 *
 * Ready once started, whatever the dependencies' state: all instances share them, so an unavailable one would take
 * every instance out of service, along with the reads that still work without it.
 */
export async function startQuery(rt: ServiceRuntime<QueryConfig>): Promise<{ port: number }> {
  const { config, logger, metrics, health } = rt;
  const pool = { poolSize: config.DATABASE_POOL_SIZE, applicationName: rt.name, timeouts: TIMEOUTS, logger };
  const database = await awaitDatabase({ ...pool, url: config.DATABASE_URL }, rt.signal);
  rt.onShutdown('database', () => database.close());

  const replica = openReadReplica({
    ...pool,
    metrics,
    primary: database.primary,
    primaryUrl: config.DATABASE_URL,
    url: config.READ_DATABASE_URL,
    lagMsMax: config.QUERY_REPLICA_LAG_MS_MAX,
  });
  rt.onShutdown('replica', () => replica.close());

  const cache = createCache({ url: config.REDIS_URL, logger, metrics });
  rt.onShutdown('cache', () => cache.close());

  const keys = await ApiKeysFile.open({ file: config.API_KEYS_FILE, logger, metrics });
  rt.onShutdown('API keys', () => keys.close());

  const waiters = new IntentWaiters({
    readNewer: (versions) => readIntentsNewerThan(database.primary, versions),
    pollMs: config.QUERY_POLL_MS,
    waitersMax: config.QUERY_WAITERS_MAX,
    waitersPerKeyMax: config.QUERY_WAITERS_PER_KEY_MAX,
    logger,
    metrics,
  });
  // At once rather than as a shutdown step: the server closes only after the last waiter has left.
  rt.signal.addEventListener('abort', () => waiters.close(), { once: true });

  const app = createApp({
    database,
    replica,
    cache,
    waiters,
    waitMsMax: config.QUERY_WAIT_MS_MAX,
    events: new QueryEvents(logger, metrics),
    admin: adminHandler({ health, metrics, logger }),
    keys,
  });
  const server = createHttpServer(app, REQUEST_TIMEOUT_MS);
  const port = await listen(server, config.PORT);
  rt.onShutdown('http server', (deadline) => closeServer(server, deadline));
  logger.info({ port }, 'query listens');
  return { port };
}
