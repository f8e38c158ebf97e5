import type { EntityManager } from 'typeorm';
import { type FoundIntent, findIntents } from './find-intents.js';
import { findUnmatched, type UnmatchedWebhook } from './find-unmatched.js';
import { holdRefs } from './hold-refs.js';
import { type Owner, type RefKey, refKeyOf, refKeysOf } from './object-ref.js';
import { readRefs } from './read-refs.js';
import type { Report } from './report.js';
import { type Naming, type Resolution, type Resolved, resolveOwners } from './resolve-owners.js';
import { VersionConflictError } from './version-conflict-error.js';

/** Rounds only go on while each finds something new; more of them than this is an endless chain. */
const ROUNDS_MAX = 50;

/** Which payments reports belong to. The refs that matter are held until the transaction ends. */
export interface Located {
  /** One for each report, in order; a text says why it can belong to none. */
  readonly reports: readonly (Resolved | string)[];
  /** Stored webhooks whose payment is known now. */
  readonly waiting: readonly { readonly webhook: UnmatchedWebhook; readonly resolved: Resolved }[];
  readonly ownerOf: (key: RefKey) => Owner | null;
  /** Refs that still have to be written: `claimRefs`. */
  readonly claims: ReadonlyMap<RefKey, Owner | null>;
}

/**
 * Finds the payment of each report: by the gateway ids that it names, by those that others in the batch or in
 * waiting webhooks tie them to, else by our own id in the gateway's data.
 *
 * All refs without an owner are made or locked, in one order, before anything is decided. So of a webhook and the
 * writer of its ref the second one waits for the first and then sees it: nothing is left waiting unseen.
 */
export async function locateReports(em: EntityManager, reports: readonly Report[]): Promise<Located> {
  const locator = new Locator(em, reports);
  await locator.readRefs();
  await locator.nameIntents();
  await locator.peek();
  await locator.hold();
  return locator.located();
}

class Locator {
  readonly #em: EntityManager;
  readonly #reports: readonly Report[];
  readonly #namings: { readonly keys: readonly RefKey[]; owner: Owner | null }[];
  /** Of reports that can belong to no payment. */
  readonly #errors = new Map<number, string>();
  /** Refs whose owner is committed: for good. */
  readonly #owned = new Map<RefKey, Owner>();
  /** Refs that exist without an owner: only for them can something be waiting. */
  readonly #placeholders = new Set<RefKey>();
  readonly #held = new Set<RefKey>();
  /** Refs that this transaction made, with the owner that it gave them. */
  readonly #made = new Map<RefKey, Owner | null>();
  readonly #waiting = new Map<string, UnmatchedWebhook>();

  constructor(em: EntityManager, reports: readonly Report[]) {
    this.#em = em;
    this.#reports = reports;
    this.#namings = reports.map((report) => ({ keys: refKeysOf(report), owner: report.leg ?? null }));
  }

  async readRefs(): Promise<void> {
    await this.#read(new Set(this.#namings.flatMap(({ keys }) => keys)));
  }

  /** By our own id, where the gateway hands it back and knows the payment by nothing else. */
  async nameIntents(): Promise<void> {
    const { resolved } = this.#resolve();
    const nameless = this.#reports.flatMap((report, index) =>
      resolved[index] === null && report.intentId !== null ? [{ report, index }] : [],
    );
    const found = await findIntents(this.#em, [
      ...new Set(nameless.flatMap(({ report }) => report.intentId ?? [])),
    ]);
    for (const { report, index } of nameless) {
      const intent = found.get(report.intentId ?? '');
      if (intent === undefined) continue;
      const owner = legOfReport(intent, report);
      const naming = this.#namings[index];
      if (owner !== null && naming !== undefined) naming.owner = owner;
      else this.#errors.set(index, `payment ${report.intentId} has no leg at ${report.provider}`);
    }
  }

  /**
   * Looks, before anything is locked, which webhooks wait for what will be claimed: their refs can then be
   * locked together with the others, in one order.
   */
  async peek(): Promise<void> {
    const searched = new Set<RefKey>();
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const fresh = this.#claimsAmongPlaceholders(searched);
      if (fresh.length === 0) return;
      await this.#addWaiting(fresh, searched);
      await this.#read(this.#unreadOfWaiting());
    }
  }

  async hold(): Promise<void> {
    const searched = new Set<RefKey>();
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const wanted = this.#unheld(this.#resolve());
      await this.#holdAll(wanted);
      // What was peeked at may be settled by now. Under the locks it is searched anew, and stays as it is.
      if (round === 0) this.#waiting.clear();
      const fresh = this.#claimsAmongPlaceholders(searched);
      if (wanted.size === 0 && fresh.length === 0) return;
      await this.#addWaiting(fresh, searched);
    }
    throw new VersionConflictError('the refs of one batch hang together without end');
  }

  located(): Located {
    const { resolved, claims } = this.#resolve();
    const ownerOf = (key: RefKey): Owner | null => this.#owned.get(key) ?? claims.get(key) ?? null;
    const waiting = Array.from(this.#waiting.values(), (webhook, index) => ({
      webhook,
      resolved: resolved[this.#namings.length + index] ?? null,
    })).filter(({ resolved }) => resolved !== null);
    return {
      reports: this.#reports.map((_, index) => this.#errors.get(index) ?? resolved[index] ?? null),
      waiting,
      ownerOf,
      claims: this.#unwritten(claims),
    };
  }

  #resolve(): Resolution {
    const waiting = Array.from(this.#waiting.values(), namingOf);
    const namings = this.#namings.map((naming, index) =>
      this.#errors.has(index) ? { keys: [], owner: null } : naming,
    );
    return resolveOwners([...namings, ...waiting], this.#owned);
  }

  /** Refs to make or lock: those that get an owner, and those of reports that will wait. */
  #unheld({ resolved, claims }: Resolution): Map<RefKey, Owner | null> {
    const wanted = new Map<RefKey, Owner | null>();
    const add = (key: RefKey, owner: Owner | null): void => {
      if (!this.#held.has(key) && !this.#owned.has(key)) wanted.set(key, owner);
    };
    this.#namings.forEach(({ keys }, index) => {
      if (resolved[index] === null && !this.#errors.has(index)) for (const key of keys) add(key, null);
    });
    for (const [key, owner] of claims) add(key, owner);
    return wanted;
  }

  async #holdAll(wanted: ReadonlyMap<RefKey, Owner | null>): Promise<void> {
    const made = await holdRefs(this.#em, wanted);
    const existed = new Set<RefKey>();
    for (const [key, owner] of wanted) {
      this.#held.add(key);
      if (made.has(key)) this.#made.set(key, owner);
      else existed.add(key);
    }
    await this.#read(existed);
  }

  async #read(keys: ReadonlySet<RefKey>): Promise<void> {
    for (const [key, owner] of await readRefs(this.#em, [...keys])) {
      if (owner === null) this.#placeholders.add(key);
      else {
        this.#owned.set(key, owner);
        this.#placeholders.delete(key);
      }
    }
  }

  #claimsAmongPlaceholders(searched: ReadonlySet<RefKey>): RefKey[] {
    return Array.from(this.#resolve().claims.keys()).filter(
      (key) => this.#placeholders.has(key) && !searched.has(key),
    );
  }

  async #addWaiting(keys: readonly RefKey[], searched: Set<RefKey>): Promise<void> {
    for (const webhook of await findUnmatched(this.#em, keys)) this.#waiting.set(webhook.webhookId, webhook);
    for (const key of keys) searched.add(key);
  }

  #unreadOfWaiting(): Set<RefKey> {
    const keys = Array.from(this.#waiting.values()).flatMap((webhook) => namingOf(webhook).keys);
    return new Set(keys.filter((key) => !this.#owned.has(key) && !this.#placeholders.has(key)));
  }

  #unwritten(claims: ReadonlyMap<RefKey, Owner>): Map<RefKey, Owner | null> {
    const unwritten = new Map<RefKey, Owner | null>();
    for (const [key, owner] of claims) {
      if (!isSame(this.#made.get(key) ?? null, owner)) unwritten.set(key, owner);
    }
    for (const [key, owner] of this.#made) {
      if (owner !== null && !claims.has(key)) unwritten.set(key, null);
    }
    return unwritten;
  }
}

function namingOf({ provider, objectIds }: UnmatchedWebhook): Naming {
  return { keys: objectIds.map((id) => refKeyOf(provider, id)), owner: null };
}

/** The leg of a payment that a report by our own id is about; null if it has none at that gateway. */
function legOfReport({ paymentIntentId, legs }: FoundIntent, report: Report): Owner | null {
  const atGateway = legs.filter(({ provider }) => provider === report.provider);
  const named = atGateway.find(
    ({ gatewayObjectId }) => gatewayObjectId !== null && report.objectIds.includes(gatewayObjectId),
  );
  // The newest is the one whose answer may still be under way.
  const leg = named ?? atGateway.findLast((one) => one.gatewayObjectId === null) ?? atGateway.at(-1);
  return leg === undefined ? null : { paymentIntentId, leg: leg.leg };
}

function isSame(left: Owner | null, right: Owner | null): boolean {
  return left?.paymentIntentId === right?.paymentIntentId && left?.leg === right?.leg;
}
