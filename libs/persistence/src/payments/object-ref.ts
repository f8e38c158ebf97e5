import type { GatewayProvider } from '@payments/domain';
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
  let bytes = 0;
  return [...ids].slice(0, OBJECT_IDS_MAX).filter((id) => {
    bytes += Buffer.byteLength(id);
    return bytes <= OBJECT_IDS_BYTES_MAX;
  });
}

export function refKeysOf(report: Report): RefKey[] {
  return objectIdsOf(report).map((id) => refKeyOf(report.provider, id));
}

/** Locks and unique keys are taken in this order by everyone, so that two wait for, and never on, each other. */
export function inOrder(keys: Iterable<RefKey>): RefKey[] {
  return [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
