import {
  type Database,
  type OutboxLease,
  releaseOutboxLeases,
  removeOutboxRelay,
  renewOutboxLeases,
  signalOutbox,
  unparkOutbox,
} from '@payments/persistence';
import type { OutboxEvents } from './outbox-events.js';

export interface ShardLeasesOptions {
  readonly database: Database;
  readonly holder: string;
  readonly leaseMs: number;
  readonly events: OutboxEvents;
  /** Resolves once nothing is in flight of shards that are no longer held. */
  readonly idle: () => Promise<void>;
}

/** The shards of one relay: its fair share of all, as far as they are free. */
export class ShardLeases {
  readonly #options: ShardLeasesOptions;
  #held: readonly OutboxLease[] = [];

  constructor(options: ShardLeasesOptions) {
    this.#options = options;
  }

  get held(): readonly OutboxLease[] {
    return this.#held;
  }

  holds(shard: number): boolean {
    return this.#held.some((lease) => lease.shard === shard);
  }

  /**
   * Renews leases, acquires free shards up to the fair share, and releases those above it. @returns whether shards
   * were acquired
   */
  async round(): Promise<boolean> {
    const { database, holder, leaseMs, events } = this.#options;
    const before = this.#held;
    const { kept, taken, share } = await renewOutboxLeases(database, { holder, held: before, leaseMs });
    this.#held = kept;
    const lost = before.filter(({ shard }) => !this.holds(shard));
    events.leasesChanged('lost', shardsOf(lost), kept.length);
    if (taken.length > 0) await this.#begin(taken);
    if (kept.length > share) await this.#shed(kept.slice(share));
    return taken.length > 0;
  }

  /** Releases all leases at once, in flight or not, so that other relays can take over. */
  async close(): Promise<void> {
    const { database, holder } = this.#options;
    // First, so that the others already compute larger shares when they learn of the free shards.
    await removeOutboxRelay(database, holder);
    const leases = this.#held;
    this.#held = [];
    await this.#release(leases);
  }

  /** Rows that an earlier relay could not publish are retried: this one may be of a newer release. */
  async #begin(taken: readonly OutboxLease[]): Promise<void> {
    const { database, events } = this.#options;
    events.unparked(await unparkOutbox(database, taken));
    this.#held = [...this.#held, ...taken];
    events.leasesChanged('taken', shardsOf(taken), this.#held.length);
  }

  async #shed(leases: readonly OutboxLease[]): Promise<void> {
    this.#held = this.#held.filter((lease) => !leases.includes(lease));
    await this.#options.idle();
    await this.#release(leases);
  }

  async #release(leases: readonly OutboxLease[]): Promise<void> {
    const { database, holder, events } = this.#options;
    await releaseOutboxLeases(database, leases);
    events.leasesChanged('released', shardsOf(leases), this.#held.length);
    await signalOutbox(database, { about: 'leases' }, holder);
  }
}

function shardsOf(leases: readonly OutboxLease[]): number[] {
  return leases.map(({ shard }) => shard);
}
