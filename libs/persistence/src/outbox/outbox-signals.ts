import type { Database } from '../database.js';
import { listenTo } from '../listen.js';
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
function signalIn(payload: string, holder: string): OutboxSignal | null {
  const [about, sender, shards] = payload.split(' ');
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
export function listenToOutbox(
  database: Database,
  holder: string,
  { onListening, onSignal }: { onListening: () => void; onSignal: (signal: OutboxSignal) => void },
  until: AbortSignal,
): Promise<void> {
  const onNotified = (payload: string): void => {
    const signal = signalIn(payload, holder);
    if (signal !== null) onSignal(signal);
  };
  return listenTo(database, CHANNEL, { onListening, onNotified }, until);
}
