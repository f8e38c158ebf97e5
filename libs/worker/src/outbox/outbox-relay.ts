import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import {
  deletePublished,
  listenToOutbox,
  makeOutboxLeases,
  type OutboxListener,
  parkOutbox,
  readOutbox,
  readOutboxState,
  signalOutbox,
} from '@payments/persistence';
import { retryDelayMs, sleep } from '@payments/runtime';
import { disposition } from '../disposition.js';
import { Bell } from './bell.js';
import { OutboxEvents } from './outbox-events.js';
import {
  OUTBOX_RELAY_TUNING,
  type OutboxRelayOptions,
  type OutboxRelayTuning,
} from './outbox-relay-options.js';
import type { OutboxRoute } from './outbox-route.js';
import { outboxRoutes } from './outbox-routes.js';
import { publishRows } from './publish-rows.js';
import { ShardLeases } from './shard-leases.js';

export interface OutboxRelay {
  /** Id of this relay in `outbox_leases`. */
  readonly holder: string;
  /** Shards that this relay publishes now. */
  readonly shards: readonly number[];
  /**
   * Call it after each commit of rows: they are then published within milliseconds, by this relay or by the one that
   * holds their shards. Calls are cheap.
   *
   * @param shards the result of `appendOutbox`
   */
  wake(shards: Iterable<number>): void;
  /** Finishes the current round, or abandons it when `deadline` aborts, and releases its shards for other relays. */
  close(deadline?: AbortSignal): Promise<void>;
}

/**
 * Publishes the rows of the outbox to Kafka, at least once, and such that no version of an intent is first stored
 * before its predecessor. The relays of all processes share the shards.
 *
 * @throws the error of the registry or the database if they do not answer at the start
 */
export async function startOutboxRelay(options: OutboxRelayOptions): Promise<OutboxRelay> {
  const relay = new RunningRelay(options);
  await relay.start();
  return relay;
}

/** If no send has ended for this long, the producer gets no more rows until one does. */
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
  readonly #signalBell = new Bell();
  /** Shards of other relays with new rows, of which no signal has been sent. */
  readonly #shardsToSignal = new Set<number>();
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
    this.#loops = Promise.all([this.#publish(), this.#keepLeases(), this.#listen(), this.#signalOthers()]);
  }

  wake(shards: Iterable<number>): void {
    for (const shard of shards) {
      if (this.#leases.holds(shard)) this.#rowsBell.ring();
      else this.#shardsToSignal.add(shard);
    }
    if (this.#shardsToSignal.size > 0) this.#signalBell.ring();
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
      // The leases expire by themselves.
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

  /** Publishes one batch. @returns whether there may be more rows @throws if rows are left because of a dependency */
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
    // A lease was lost: renewing finds out which.
    if (deleted + parked < acknowledged.length + unsendable.length) this.#leasesBell.ring();
    if (failure !== undefined) throw failure;
    // `publishRows` limits the rows of one intent. For rows committed meanwhile, the bell rings.
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

  #listen(): Promise<void> {
    const listener: OutboxListener = {
      onListening: () => this.#rowsBell.ring(),
      onSignal: (signal) => {
        if (signal.about === 'leases') this.#leasesBell.ring();
        else if (signal.shards.some((shard) => this.#leases.holds(shard))) this.#rowsBell.ring();
      },
      // Polling continues meanwhile.
      onLost: (error) => this.#events.roundFailed('listening', error),
    };
    return listenToOutbox(this.#options.database, this.holder, listener, this.#stop.signal);
  }

  /** Sends one signal for all commits since the last one. */
  async #signalOthers(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#signalBell.wait(2 ** 31 - 1, signal);
      if (signal.aborted) return;
      const shards = [...this.#shardsToSignal];
      this.#shardsToSignal.clear();
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
