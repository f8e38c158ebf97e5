import { sleep } from '@payments/runtime';
import type { Notification, PoolClient } from 'pg';
import type { Database } from './database.js';

export interface Listener {
  /** Called at the start and after each `onLost`: from then on no notification is missed. */
  readonly onListening: () => void;
  readonly onNotified: (payload: string) => void;
  /** The connection is lost, or there is none: notifications are missed until `onListening`. */
  readonly onLost: (error: unknown) => void;
}

const LISTEN_AGAIN_MS = 2_000;

/**
 * Listens to notifications on `channel`, a name that needs no quotes, and again whenever its connection was lost.
 * Occupies one connection of the pool. Resolves when `until` aborts.
 */
export async function listenTo(
  database: Pick<Database, 'primary'>,
  channel: string,
  listener: Listener,
  until: AbortSignal,
): Promise<void> {
  while (!until.aborted) {
    try {
      await listenOnce(database, channel, listener, until);
    } catch (error) {
      if (until.aborted) return;
      listener.onLost(error);
      await sleep(LISTEN_AGAIN_MS, until).catch(() => {});
    }
  }
}

/** @throws when the connection is lost */
async function listenOnce(
  database: Pick<Database, 'primary'>,
  channel: string,
  { onListening, onNotified }: Listener,
  until: AbortSignal,
): Promise<void> {
  const runner = database.primary.createQueryRunner();
  const onNotification = ({ payload }: Notification): void => onNotified(payload ?? '');
  try {
    const client: PoolClient = await runner.connect();
    client.on('notification', onNotification);
    try {
      await whileConnected(client, until, async () => {
        await client.query(`LISTEN ${channel}`);
        onListening();
      });
      await client.query(`UNLISTEN ${channel}`);
    } finally {
      client.off('notification', onNotification);
    }
  } finally {
    await runner.release();
  }
}

async function whileConnected(
  client: PoolClient,
  until: AbortSignal,
  begin: () => Promise<void>,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onEnd = (): void => reject(new Error('Connection terminated'));
  const onAbort = (): void => resolve();
  client.on('error', reject);
  client.on('end', onEnd);
  until.addEventListener('abort', onAbort, { once: true });
  try {
    await begin();
    if (!until.aborted) await promise;
  } finally {
    // A connection lost after the abort does not matter, but must not be an unhandled rejection.
    promise.catch(() => {});
    client.off('error', reject);
    client.off('end', onEnd);
    until.removeEventListener('abort', onAbort);
  }
}
