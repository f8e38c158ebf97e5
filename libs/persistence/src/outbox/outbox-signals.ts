import type { Database } from '../database.js';
import { type Listener, listenTo } from '../listen.js';
import { OUTBOX_SHARDS } from './append-outbox.js';

/** `rows`: the shards have new rows. `leases`: shards became free. */
export type OutboxSignal =
  | { readonly about: 'rows'; readonly shards: readonly number[] }
  | { readonly about: 'leases' };

const CHANNEL = 'payments_outbox';

/** The meaning of a signal of an earlier release, which names no shards. */
const ALL_SHARDS = Array.from({ length: OUTBOX_SHARDS }, (_, shard) => shard);

/**
 * Notifies the relays of other processes. Call it after the commit: within the transaction, NOTIFY would serialize all
 * such commits (Postgres takes one lock for them). If the process dies in between, the relays' timers find the rows.
 *
 * @param holder the relay of this process, which ignores the signal
 */
export async function signalOutbox(database: Database, signal: OutboxSignal, holder: string): Promise<void> {
  const shards = signal.about === 'rows' ? ` ${signal.shards.join()}` : '';
  await database.primary.query('SELECT pg_notify($1, $2)', [CHANNEL, `${signal.about} ${holder}${shards}`]);
}

/** Null if it is from `holder`, or of an unknown kind. */
function signalIn(payload: string, holder: string): OutboxSignal | null {
  const [about, sender, shards] = payload.split(' ');
  if (sender === holder) return null;
  if (about === 'leases') return { about };
  if (about !== 'rows') return null;
  return { about, shards: shards === undefined ? ALL_SHARDS : shards.split(',').map(Number) };
}

export interface OutboxListener extends Pick<Listener, 'onListening' | 'onLost'> {
  readonly onSignal: (signal: OutboxSignal) => void;
}

/**
 * Calls `onSignal` for the signals of all relays but `holder`. Occupies one connection of the pool. Resolves when
 * `until` aborts.
 */
export function listenToOutbox(
  database: Database,
  holder: string,
  { onListening, onSignal, onLost }: OutboxListener,
  until: AbortSignal,
): Promise<void> {
  const onNotified = (payload: string): void => {
    const signal = signalIn(payload, holder);
    if (signal !== null) onSignal(signal);
  };
  return listenTo(database, CHANNEL, { onListening, onNotified, onLost }, until);
}
