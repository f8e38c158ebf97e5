import type { Notification, PoolClient } from 'pg';
import type { Database } from '../database.js';
import { OUTBOX_SHARDS } from './append-outbox.js';

/** `rows`: there is something to send, of these shards. `leases`: shards became free. */
export type OutboxSignal =
  | { readonly about: 'rows'; readonly shards: readonly number[] }
  | { readonly about: 'leases' };

const CHANNEL = 'payments_outbox';

/** What an earlier release means, whose signals name none. */
const ALL_SHARDS = Array.from({ length: OUTBOX_SHARDS }, (_, shard) => shard);

/**
 * Tells the relays of other processes. A statement of its own, after the commit that it speaks of: within that
 * transaction it would make all such commits wait for one another (Postgres queues notifying commits on one
 * lock), and a signal that is lost with its process is made up for by the relays' own timers.
 */
export async function signalOutbox(database: Database, signal: OutboxSignal, holder: string): Promise<void> {
  const shards = signal.about === 'rows' ? ` ${signal.shards.join()}` : '';
  await database.primary.query('SELECT pg_notify($1, $2)', [CHANNEL, `${signal.about} ${holder}${shards}`]);
}

/** Null if it is from `holder`, or says nothing that is known here. */
function signalIn(payload: string | undefined, holder: string): OutboxSignal | null {
  const [about, sender, shards] = payload?.split(' ') ?? [];
  if (sender === holder) return null;
  if (about === 'leases') return { about };
  if (about !== 'rows') return null;
  return { about, shards: shards === undefined ? ALL_SHARDS : shards.split(',').map(Number) };
}

/**
 * Calls `onSignal` for the signals of everybody but `holder`, and `onListening` once none is missed any more.
 * Keeps one connection of the pool. Resolves when `until` aborts.
 *
 * @throws when the connection is lost.
 */
export async function listenToOutbox(
  database: Database,
  holder: string,
  { onListening, onSignal }: { onListening: () => void; onSignal: (signal: OutboxSignal) => void },
  until: AbortSignal,
): Promise<void> {
  if (until.aborted) return;
  const runner = database.primary.createQueryRunner();
  const onNotification = ({ payload }: Notification): void => {
    const signal = signalIn(payload, holder);
    if (signal !== null) onSignal(signal);
  };
  try {
    const client: PoolClient = await runner.connect();
    client.on('notification', onNotification);
    try {
      await whileConnected(client, until, onListening);
      await client.query(`UNLISTEN ${CHANNEL}`);
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
  onListening: () => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onEnd = (): void => reject(new Error('Connection terminated'));
  const onAbort = (): void => resolve();
  client.on('error', reject);
  client.on('end', onEnd);
  until.addEventListener('abort', onAbort, { once: true });
  try {
    await client.query(`LISTEN ${CHANNEL}`);
    onListening();
    if (!until.aborted) await promise;
  } finally {
    // Losing the connection after the abort is of no interest, and must not go unhandled.
    promise.catch(() => {});
    client.off('error', reject);
    client.off('end', onEnd);
    until.removeEventListener('abort', onAbort);
  }
}
