import type { EntityManager } from 'typeorm';
import { type FoundIntent, findIntents } from './find-intents.js';
import { holdRefs } from './hold-refs.js';
import { type Owner, type RefKey, refKeyOf, refKeysOf, waitsForOf } from './object-ref.js';
import { readRefs } from './read-refs.js';
import type { Report } from './report.js';
import { type Resolution, type Resolved, resolveOwners } from './resolve-owners.js';

/** The payments that reports belong to. The refs concerned are locked until the transaction ends. */
export interface Located {
  /** One for each report, in order; a string is the reason why it can belong to no payment. */
  readonly reports: readonly (Resolved | string)[];
  readonly ownerOf: (key: RefKey) => Owner | null;
  /** Refs that still have to be written, by `claimRefs`. */
  readonly claims: ReadonlyMap<RefKey, Owner | null>;
  /** Claimed refs that existed without an owner: webhooks may be waiting for them. */
  readonly awaited: ReadonlySet<RefKey>;
}

/**
 * Finds the payment of each report: by its gateway ids, by those that other reports of the batch link to them, else by
 * our own id in the gateway's data.
 *
 * All refs without an owner are inserted or locked, in one order, before anything is decided. So if a webhook and the
 * answer that brings its ref are applied concurrently, the second transaction waits for the first and then sees it: no
 * webhook is left waiting unnoticed.
 */
export async function locateReports(em: EntityManager, reports: readonly Report[]): Promise<Located> {
  const locator = new Locator(em, reports);
  await locator.readRefs();
  await locator.resolveByIntentId();
  await locator.hold();
  return locator.located();
}

class Locator {
  readonly #em: EntityManager;
  readonly #reports: readonly Report[];
  readonly #namings: { readonly keys: readonly RefKey[]; owner: Owner | null }[];
  /** Reasons why reports can belong to no payment, by the reports' index. */
  readonly #errors = new Map<number, string>();
  /** Refs whose owner is committed, and so final. */
  readonly #owned = new Map<RefKey, Owner>();
  readonly #held = new Set<RefKey>();
  /** Refs that this transaction inserted, with the owner that it gave them. */
  readonly #made = new Map<RefKey, Owner | null>();
  /** Cached; undefined when new knowledge has made it outdated. */
  #resolution: Resolution | undefined;

  constructor(em: EntityManager, reports: readonly Report[]) {
    this.#em = em;
    this.#reports = reports;
    this.#namings = reports.map((report) => ({ keys: refKeysOf(report), owner: report.leg ?? null }));
  }

  async readRefs(): Promise<void> {
    await this.#read(new Set(this.#namings.flatMap(({ keys }) => keys)));
  }

  /** Resolves reports by our own id, if none of their gateway ids is known. */
  async resolveByIntentId(unresolved = this.#unresolved()): Promise<void> {
    const found = await findIntents(this.#em, [
      ...new Set(unresolved.flatMap((index) => this.#reports[index]?.intentId ?? [])),
    ]);
    for (const index of unresolved) {
      const report = this.#reports[index] as Report;
      const intent = found.get(report.intentId ?? '');
      if (intent === undefined) continue;
      this.#resolution = undefined;
      const owner = legOfReport(intent, report);
      const naming = this.#namings[index];
      if (owner !== null && naming !== undefined) naming.owner = owner;
      else this.#errors.set(index, `payment ${report.intentId} has no leg at ${report.provider}`);
    }
  }

  /** Terminates, because each round holds refs of the reports that were not held before. */
  async hold(): Promise<void> {
    for (let wanted = this.#unheld(); wanted.size > 0; wanted = this.#unheld()) {
      await this.#holdAll(wanted);
      // If the ref of our own id has an owner now, the payment was created meanwhile.
      await this.resolveByIntentId(
        this.#unresolved().filter((index) => this.#waitKeysOf(index).some((key) => this.#owned.has(key))),
      );
    }
  }

  located(): Located {
    const { resolved, claims } = this.#resolve();
    return {
      reports: this.#reports.map((_, index) => this.#errors.get(index) ?? resolved[index] ?? null),
      ownerOf: (key) => this.#owned.get(key) ?? claims.get(key) ?? null,
      claims: this.#unwritten(claims),
      awaited: new Set(Array.from(claims.keys()).filter((key) => !this.#made.has(key))),
    };
  }

  #resolve(): Resolution {
    this.#resolution ??= this.#resolveAnew();
    return this.#resolution;
  }

  #resolveAnew(): Resolution {
    const namings = this.#namings.map((naming, index) =>
      this.#errors.has(index) ? { keys: [], owner: null } : naming,
    );
    return resolveOwners(namings, this.#owned);
  }

  /** Indexes of reports without a known payment that have our own id. */
  #unresolved(): number[] {
    const { resolved } = this.#resolve();
    return this.#reports.flatMap(({ intentId }, index) =>
      resolved[index] === null && intentId !== null && !this.#errors.has(index) ? [index] : [],
    );
  }

  #waitKeysOf(index: number): RefKey[] {
    const report = this.#reports[index] as Report;
    return waitsForOf(report).map((id) => refKeyOf(report.provider, id));
  }

  /** Refs to insert or lock: those that get an owner, and those for which reports will wait. */
  #unheld(): Map<RefKey, Owner | null> {
    const { resolved, claims } = this.#resolve();
    const wanted = new Map<RefKey, Owner | null>();
    const add = (key: RefKey, owner: Owner | null): void => {
      if (!this.#held.has(key) && !this.#owned.has(key)) wanted.set(key, owner);
    };
    this.#reports.forEach((_, index) => {
      if (resolved[index] !== null || this.#errors.has(index)) return;
      for (const key of this.#waitKeysOf(index)) add(key, null);
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
      if (owner === null) continue;
      this.#owned.set(key, owner);
      this.#resolution = undefined;
    }
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

/** The leg that a report with our own id is about; null if the payment has none at that gateway. */
function legOfReport({ paymentIntentId, legs }: FoundIntent, report: Report): Owner | null {
  const atGateway = legs.filter(({ provider }) => provider === report.provider);
  const named = atGateway.find(
    ({ gatewayObjectId }) => gatewayObjectId !== null && report.objectIds.includes(gatewayObjectId),
  );
  // Else the newest without an object, whose answer may still be on its way.
  const leg = named ?? atGateway.findLast((one) => one.gatewayObjectId === null) ?? atGateway.at(-1);
  return leg === undefined ? null : { paymentIntentId, leg: leg.leg };
}

function isSame(left: Owner | null, right: Owner | null): boolean {
  return left?.paymentIntentId === right?.paymentIntentId && left?.leg === right?.leg;
}
