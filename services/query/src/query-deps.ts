import type { ReadCache } from '@payments/cache';
import type { Database, ReadReplica } from '@payments/persistence';
import type { AdminHandler, ApiKeysFile } from '@payments/runtime';
import type { IntentWaiters } from './intent-waiters.js';
import type { QueryEvents } from './query-events.js';

/** Dependencies of the read side. */
export interface QueryDeps {
  readonly database: Pick<Database, 'primary'>;
  readonly replica: ReadReplica;
  readonly cache: ReadCache;
  readonly waiters: Pick<IntentWaiters, 'newerThan'>;
  /** Limit of `wait` in milliseconds. */
  readonly waitMsMax: number;
  readonly events: QueryEvents;
  readonly admin: AdminHandler;
  readonly keys: Pick<ApiKeysFile, 'find'>;
}
