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
  /** Resolves once nothing is on its way of shards that are no longer held. */
  readonly idle: () => Promise<void>;
}

/** The shards that one relay sends: its even share of all, or what is free of it. */
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

  /** Renews, takes what is free up to the share, gives up what is above it. @returns whether shards were taken. */
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

  /** Lets go of everything, on its way or not, so that other relays go on at once. */
  async close(): Promise<void> {
    const { database, holder } = this.#options;
    // First, so that the others reckon with larger shares when they hear of the free shards.
    await removeOutboxRelay(database, holder);
    const leases = this.#held;
    this.#held = [];
    await this.#release(leases);
  }

  /** What an earlier relay could not send, this one may be able to: it may be a newer release. */
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
