import { asIntentId, type GatewayProvider, type IntentId } from '@payments/domain';
import type { Report } from './report.js';

/** A gateway's object, by its gateway and id. */
export interface ObjectRef {
  readonly provider: GatewayProvider;
  readonly objectId: string;
}

/** The payment and leg that a gateway object belongs to. */
export interface Owner {
  readonly paymentIntentId: string;
  readonly leg: number;
}

/** Provider and id in one string, as key of maps and as the order in which rows are locked. */
export type RefKey = string;

export function refKeyOf(provider: GatewayProvider, objectId: string): RefKey {
  return `${provider} ${objectId}`;
}

export function refOf(key: RefKey): ObjectRef {
  const gap = key.indexOf(' ');
  return { provider: key.slice(0, gap) as GatewayProvider, objectId: key.slice(gap + 1) };
}

/** As much as a webhook's row takes: `payment_webhooks_object_ids`. */
const OBJECT_IDS_MAX = 32;
const OBJECT_IDS_BYTES_MAX = 2048;

/** Every gateway id that a report names, once, in its order; what a row of `payment_webhooks` has to list. */
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

/** What a report that waits is found by: our own id of its payment, if it names that, and its gateway ids. */
export function waitsForOf(report: Report): string[] {
  const own = report.intentId === null ? [] : [intentObjectIdOf(report.intentId)];
  return asManyAsFit([...own, ...objectIdsOf(report)]);
}

/** Of these ids those that a row of `payment_webhooks` has room for. */
export function asManyAsFit(ids: readonly string[]): string[] {
  let bytes = 0;
  return ids.slice(0, OBJECT_IDS_MAX).filter((id) => {
    bytes += Buffer.byteLength(id);
    return bytes <= OBJECT_IDS_BYTES_MAX;
  });
}

const INTENT_PREFIX = 'intent:';

/**
 * Stands among the ids of a gateway's objects for our own id of a payment: every payment has this ref from its
 * creation on, and a webhook that knows nothing else can wait for it. No gateway's id has a colon in it.
 */
function intentObjectIdOf(intentId: IntentId): string {
  return `${INTENT_PREFIX}${intentId}`;
}

/** Takes what `waitsForOf` put together apart again. */
export function idsWaitedFor(objectIds: readonly string[]): Pick<Report, 'objectIds' | 'intentId'> {
  const own = objectIds.find((id) => id.startsWith(INTENT_PREFIX));
  return {
    objectIds: objectIds.filter((id) => id !== own),
    intentId: own === undefined ? null : asIntentId(own.slice(INTENT_PREFIX.length)),
  };
}

/** What a report is known by; who opened a leg may name our own id as well, for webhooks that wait for it. */
export function refKeysOf(report: Report): RefKey[] {
  const ids = report.leg === undefined ? objectIdsOf(report) : waitsForOf(report);
  return ids.map((id) => refKeyOf(report.provider, id));
}

/** Locks and unique keys are taken in this order by everyone, so that two wait for, and never on, each other. */
export function inOrder(keys: Iterable<RefKey>): RefKey[] {
  return [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
