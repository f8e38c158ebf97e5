import type { Notification, PoolClient } from 'pg';
import type { Database } from './database.js';

export interface Listener {
  /** Called once: from then on no notification is missed. */
  readonly onListening: () => void;
  readonly onNotified: (payload: string) => void;
}

/**
 * Listens to notifications on `channel`, a name that needs no quotes. Occupies one connection of the pool. Resolves
 * when `until` aborts.
 *
 * @throws when the connection is lost.
 */
export async function listenTo(
  database: Pick<Database, 'primary'>,
  channel: string,
  { onListening, onNotified }: Listener,
  until: AbortSignal,
): Promise<void> {
  if (until.aborted) return;
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
