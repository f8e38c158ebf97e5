import { asIntentId, type GatewayProvider, type IntentId } from '@payments/domain';
import type { Report } from './report.js';

/** Identifies a gateway's object. */
export interface ObjectRef {
  readonly provider: GatewayProvider;
  readonly objectId: string;
}

/** The payment and leg that a gateway object belongs to. */
export interface Owner {
  readonly paymentIntentId: string;
  readonly leg: number;
}

/** Provider and id in one string: key of maps, and sort key for locking rows. */
export type RefKey = string;

export function refKeyOf(provider: GatewayProvider, objectId: string): RefKey {
  return `${provider} ${objectId}`;
}

export function refOf(key: RefKey): ObjectRef {
  const gap = key.indexOf(' ');
  return { provider: key.slice(0, gap) as GatewayProvider, objectId: key.slice(gap + 1) };
}

/** Limits of a row of `payment_webhooks`, as in its constraint `payment_webhooks_object_ids`. */
const OBJECT_IDS_MAX = 32;
const OBJECT_IDS_BYTES_MAX = 2048;

/** The distinct gateway ids of a report, in order, as `payment_webhooks.object_ids` lists them. */
export function objectIdsOf({
  objectIds,
  facts,
  leg,
}: Pick<Report, 'objectIds' | 'facts' | 'leg'>): string[] {
  const ids = new Set(objectIds);
  for (const fact of facts) {
    ids.add(fact.objectId);
    for (const id of fact.relatedIds) ids.add(id);
  }
  if (leg?.gatewayObjectId !== undefined) ids.add(leg.gatewayObjectId);
  return asManyAsFit([...ids]);
}

/** The ids by which a waiting report is found: our own id of its payment, if it has that, and its gateway ids. */
export function waitsForOf(report: Report): string[] {
  const own = report.intentId === null ? [] : [intentObjectIdOf(report.intentId)];
  return asManyAsFit([...own, ...objectIdsOf(report)]);
}

/** The first of the ids, up to the limits of a row of `payment_webhooks`; most often all of them. */
export function asManyAsFit(ids: string[]): string[] {
  let bytes = 0;
  const tooMuchFrom = ids.findIndex((id, index) => {
    bytes += Buffer.byteLength(id);
    return index === OBJECT_IDS_MAX || bytes > OBJECT_IDS_BYTES_MAX;
  });
  return tooMuchFrom === -1 ? ids : ids.slice(0, tooMuchFrom);
}

const INTENT_PREFIX = 'intent:';

/**
 * Represents our own id of a payment among gateway ids. Every payment has this ref from its creation on, so that a
 * webhook with no other id can wait for it. No gateway's id contains a colon.
 */
function intentObjectIdOf(intentId: IntentId): string {
  return `${INTENT_PREFIX}${intentId}`;
}

/** The inverse of `waitsForOf`. */
export function idsWaitedFor(objectIds: readonly string[]): Pick<Report, 'objectIds' | 'intentId'> {
  const own = objectIds.find((id) => id.startsWith(INTENT_PREFIX));
  return {
    objectIds: objectIds.filter((id) => id !== own),
    intentId: own === undefined ? null : asIntentId(own.slice(INTENT_PREFIX.length)),
  };
}

/** The refs of a report. One that opened a leg also claims our own id, for webhooks that wait for it. */
export function refKeysOf(report: Report): RefKey[] {
  const ids = report.leg === undefined ? objectIdsOf(report) : waitsForOf(report);
  return ids.map((id) => refKeyOf(report.provider, id));
}

/** All writers take locks and unique keys in this order: they wait for, but never deadlock, each other. */
export function inOrder(keys: Iterable<RefKey>): RefKey[] {
  return [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
