import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { BatchingProducer, SchemaCodec } from '@payments/messaging';
import {
  type Database,
  deletePublished,
  listenToOutbox,
  makeOutboxLeases,
  type OutboxSignal,
  type PendingRow,
  parkOutbox,
  readOutbox,
  readOutboxState,
  signalOutbox,
} from '@payments/persistence';
import { type Backoff, type Logger, type Metrics, retryDelayMs, sleep } from '@payments/runtime';
import { disposition } from '../disposition.js';
import { Bell } from './bell.js';
import { OutboxEvents } from './outbox-events.js';
import type { OutboxRoute } from './outbox-route.js';
import { outboxRoutes } from './outbox-routes.js';
import { publishRows } from './publish-rows.js';
import { ShardLeases } from './shard-leases.js';

export interface OutboxRelayOptions {
  readonly database: Database;
  /** Its queue takes at least {@link OUTBOX_RELAY_TUNING}.rowsMax records. May be shared. */
  readonly producer: Pick<BatchingProducer, 'send' | 'stalledMs'>;
  readonly codec: Pick<SchemaCodec, 'register' | 'encode'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** One for each topic to send; all of ours by default. Rows of other topics stay where they are. */
  readonly routes?: readonly OutboxRoute[];
  /**
   * Called with rows before they are sent, and again whenever they are sent again: what has to happen after each
   * commit and before anybody is told, even if the process dies in between. While it fails, nothing is sent.
   */
  readonly beforeSend?: (rows: readonly PendingRow[]) => Promise<unknown>;
  readonly tuning?: Partial<OutboxRelayTuning>;
}

export interface OutboxRelayTuning {
  /** A relay that was killed is succeeded after at most this and `renewMs`. */
  readonly leaseMs: number;
  readonly renewMs: number;
  /** Looks for rows that no wake-up told of: those of a process that died right after its commit. */
  readonly sweepMs: number;
  /** Rows in hand, over all shards. */
  readonly rowsMax: number;
  /** Payloads in hand, over all shards; a larger one is alone in its shard. */
  readonly bytesMax: number;
  /** Between tries while a dependency is down. */
  readonly backoff: Backoff;
}

/** Leases may be short: one that is lost too early costs repetitions, nothing else. */
export const OUTBOX_RELAY_TUNING: OutboxRelayTuning = {
  leaseMs: 6_000,
  renewMs: 2_000,
  sweepMs: 1_000,
  // A round takes a few turns of a busy event loop, however many rows it sends.
  rowsMax: 4_096,
  bytesMax: 8 * 1024 * 1024,
  backoff: { baseMs: 100, capMs: 2_000 },
};

export interface OutboxRelay {
  /** Names this relay in `outbox_leases`. */
  readonly holder: string;
  /** Shards that this relay sends now. */
  readonly shards: readonly number[];
  /**
   * To be called after the commit of rows, as often as one likes: sends them within milliseconds, here or in the
   * process that has their shards. @param shards what `appendOutbox` returned.
   */
  wake(shards: Iterable<number>): void;
  /** Finishes what is in hand, or leaves it when `deadline` aborts, and gives its shards to the others at once. */
  close(deadline?: AbortSignal): Promise<void>;
}

/**
 * Sends the rows of the outbox to Kafka: at least once, and so that no version of an intent is stored for the
 * first time before the one below it. As many relays as there are processes share the shards.
 *
 * @throws what the registry or the database throws if they do not answer at the start.
 */
export async function startOutboxRelay(options: OutboxRelayOptions): Promise<OutboxRelay> {
  const relay = new RunningRelay(options);
  await relay.start();
  return relay;
}

/** No send has ended for so long: nothing more is given to the producer until one does. */
const STALLED_MS = 1_000;

class BrokerStalledError extends Error {
  override readonly name = 'BrokerStalledError';
}

class RunningRelay implements OutboxRelay {
  readonly holder = `${hostname()}:${process.pid}:${randomUUID()}`;
  readonly #options: OutboxRelayOptions;
  readonly #routes: ReadonlyMap<string, OutboxRoute>;
  readonly #tuning: OutboxRelayTuning;
  readonly #events: OutboxEvents;
  readonly #leases: ShardLeases;
  readonly #rowsBell = new Bell();
  readonly #leasesBell = new Bell();
  readonly #othersBell = new Bell();
  /** Shards of others with rows that these have not been told of. */
  readonly #elsewhere = new Set<number>();
  readonly #stop = new AbortController();
  #cycle: Promise<unknown> = Promise.resolve();
  #loops: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(options: OutboxRelayOptions) {
    const { database, logger, metrics, routes = outboxRoutes() } = options;
    this.#options = options;
    this.#routes = new Map(routes.map((route) => [route.spec.name, route]));
    this.#tuning = { ...OUTBOX_RELAY_TUNING, ...options.tuning };
    this.#events = new OutboxEvents(logger, metrics);
    this.#leases = new ShardLeases({
      ...{ database, holder: this.holder, leaseMs: this.#tuning.leaseMs, events: this.#events },
      idle: async () => {
        await this.#cycle;
      },
    });
  }

  get shards(): readonly number[] {
    return this.#leases.held.map(({ shard }) => shard);
  }

  async start(): Promise<void> {
    const { database, codec } = this.#options;
    for (const { spec } of this.#routes.values()) await codec.register(spec);
    await makeOutboxLeases(database);
    await this.#leases.round();
    this.#rowsBell.ring();
    this.#loops = Promise.all([this.#publish(), this.#keepLeases(), this.#listen(), this.#tellOthers()]);
  }

  wake(shards: Iterable<number>): void {
    for (const shard of shards) {
      if (this.#leases.holds(shard)) this.#rowsBell.ring();
      else this.#elsewhere.add(shard);
    }
    if (this.#elsewhere.size > 0) this.#othersBell.ring();
  }

  close(deadline?: AbortSignal): Promise<void> {
    this.#closing ??= this.#end(deadline);
    return this.#closing;
  }

  async #end(deadline: AbortSignal | undefined): Promise<void> {
    this.#stop.abort();
    await Promise.race([this.#loops, aborted(deadline)]);
    try {
      await this.#leases.close();
    } catch (error) {
      // They run out by themselves.
      this.#events.roundFailed('giving up the shards', error);
    }
  }

  async #publish(): Promise<void> {
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      await this.#rowsBell.wait(this.#tuning.sweepMs, signal);
      for (let more = true; more && !signal.aborted; ) {
        const cycle = this.#publishSome();
        this.#cycle = cycle.catch(() => {});
        try {
          more = await cycle;
          failures = 0;
        } catch (error) {
          failures += 1;
          await this.#backOff(error, failures);
        }
      }
    }
  }

  /** @returns whether there may be more. @throws if something is left because of a dependency. */
  async #publishSome(): Promise<boolean> {
    const { database, producer, codec, beforeSend } = this.#options;
    const { held } = this.#leases;
    if (held.length === 0) return false;
    if (producer.stalledMs > STALLED_MS) throw new BrokerStalledError('the broker does not answer');
    const startedAt = performance.now();
    const rows = await readOutbox(database, held, {
      topics: [...this.#routes.keys()],
      rowsPerShardMax: Math.ceil(this.#tuning.rowsMax / held.length),
      bytesPerShardMax: Math.ceil(this.#tuning.bytesMax / held.length),
    });
    if (rows.length === 0) return false;
    await beforeSend?.(rows);
    const { acknowledged, unsendable, failure } = await publishRows(
      {
        ...{ producer, codec, routes: this.#routes },
        holds: (shard) => this.#leases.holds(shard),
        onAcknowledged: (row) => this.#events.acknowledged(row, row.ageMs + performance.now() - startedAt),
      },
      rows,
    );
    const deleted = await deletePublished(database, held, acknowledged);
    this.#events.published(acknowledged.length, deleted, startedAt);
    const parked = await parkOutbox(database, held, unsendable);
    if (parked > 0) this.#events.parked(unsendable);
    // A lease that was taken from us: find out which.
    if (deleted + parked < acknowledged.length + unsendable.length) this.#leasesBell.ring();
    if (failure !== undefined) throw failure;
    // Of one intent so many are sent at once. Of what was committed meanwhile the bell tells.
    const isLeft = acknowledged.length + unsendable.length < rows.length;
    return isLeft || rows.some(({ moreBehind }) => moreBehind);
  }

  async #backOff(error: unknown, failures: number): Promise<void> {
    const delayMs = retryDelayMs(failures, this.#tuning.backoff);
    const code = error instanceof BrokerStalledError ? 'BROKER_UNAVAILABLE' : disposition(error).code;
    this.#events.waits(code, error, failures, delayMs);
    await this.#pause(delayMs);
  }

  async #keepLeases(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#leasesBell.wait(this.#tuning.renewMs, signal);
      if (signal.aborted) return;
      try {
        if (await this.#leases.round()) this.#rowsBell.ring();
        this.#events.state(await readOutboxState(this.#options.database));
      } catch (error) {
        this.#events.roundFailed('renewing the leases', error);
      }
    }
  }

  async #listen(): Promise<void> {
    const { signal } = this.#stop;
    const onSignal = (signal: OutboxSignal): void => {
      if (signal.about === 'leases') this.#leasesBell.ring();
      else if (signal.shards.some((shard) => this.#leases.holds(shard))) this.#rowsBell.ring();
    };
    const onListening = (): void => this.#rowsBell.ring();
    while (!signal.aborted) {
      try {
        await listenToOutbox(this.#options.database, this.holder, { onListening, onSignal }, signal);
      } catch (error) {
        // The sweep goes on meanwhile.
        this.#events.roundFailed('listening', error);
        await this.#pause(this.#tuning.backoff.capMs);
      }
    }
  }

  /** However many commits there were meanwhile, one signal tells of them. */
  async #tellOthers(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#othersBell.wait(2 ** 31 - 1, signal);
      if (signal.aborted) return;
      const shards = [...this.#elsewhere];
      this.#elsewhere.clear();
      try {
        await signalOutbox(this.#options.database, { about: 'rows', shards }, this.holder);
      } catch (error) {
        this.#events.roundFailed('telling other relays', error);
        await this.#pause(this.#tuning.backoff.capMs);
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, this.#stop.signal).catch(() => {});
  }
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
