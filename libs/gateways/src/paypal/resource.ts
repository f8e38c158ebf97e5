import type { IntentId } from '@payments/domain';
import { intentIdIn } from '../fact-parts.js';
import {
  arrayAt,
  isJsonObject,
  type JsonObject,
  objectAt,
  objectIds,
  possibleReferenceAt,
  referenceAt,
} from '../webhook-body.js';

/** The ids of other objects in a resource, v1 or v2. The two are distinguished by their fields, not by a version. */
interface RelatedIds {
  /** v2 order. */
  readonly order: string | undefined;
  /** v1 payment, the counterpart of an order. */
  readonly parentPayment: string | undefined;
  /** Capture or v1 sale. */
  readonly capture: string | undefined;
  readonly authorization: string | undefined;
  /** Of a dispute: the captures or sales that are disputed. */
  readonly disputed: readonly string[];
}

/** A resource of PayPal's API, from an event or from a response. */
export interface PayPalReading {
  readonly resource: JsonObject;
  readonly related: RelatedIds;
  /** Our own id of the payment, if the resource contains it. */
  readonly intentId: IntentId | undefined;
  /** Every id that the resource names, its own first. */
  readonly objectIds: readonly string[];
  /** Time of the event or response: the resource may have no time of its own yet. */
  readonly time: Date | null;
}

/** What is known about a resource from the event or response that contains it. */
interface ResourceContext {
  readonly isOrder?: boolean;
  /** The order that contains it, for a resource that names none itself. */
  readonly orderId?: string;
  readonly time: Date | null;
}

/** @throws WebhookError `unreadable` */
export function readPayPalResource(resource: JsonObject, context: ResourceContext): PayPalReading {
  const related = relatedIds(resource, context);
  return {
    resource,
    related,
    intentId: intentIdOf(resource),
    objectIds: idsIn(resource, related),
    time: context.time,
  };
}

const CARRIERS_MAX = 32;

/** v2 `custom_id`, v1 `custom`; in the purchase units of an order, in the transactions of a dispute. */
function intentIdOf(resource: JsonObject): IntentId | undefined {
  const parts = [...arrayAt(resource, 'purchase_units'), ...arrayAt(resource, 'disputed_transactions')];
  for (const carrier of [resource, ...parts.slice(0, CARRIERS_MAX)]) {
    const found = isJsonObject(carrier) ? intentIdIn(carrier.custom_id, carrier.custom) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function relatedIds(resource: JsonObject, { isOrder = false, orderId }: ResourceContext): RelatedIds {
  const ids = objectAt(objectAt(resource, 'supplementary_data'), 'related_ids');
  const up = upLink(resource);
  const own = referenceAt(resource, 'id');
  return {
    order:
      referenceAt(ids, 'order_id') ??
      up.orders ??
      (isOrder ? own : (referenceAt(resource, 'order_id') ?? orderId)),
    parentPayment: referenceAt(resource, 'parent_payment'),
    capture:
      referenceAt(ids, 'capture_id') ??
      up.captures ??
      referenceAt(resource, 'capture_id') ??
      referenceAt(resource, 'sale_id'),
    authorization: referenceAt(ids, 'authorization_id') ?? up.authorizations ?? v1Authorization(resource),
    disputed: arrayAt(resource, 'disputed_transactions')
      .filter(isJsonObject)
      .map((transaction) => referenceAt(transaction, 'seller_transaction_id'))
      .filter((id) => id !== undefined),
  };
}

const UP_PATH =
  /^https:\/\/[^/?#]+\/v2\/(?:checkout\/(orders)|payments\/(captures|authorizations))\/([\w-]{1,64})$/;

/** v2 resources link to their parent: a refund to its capture, a capture to its order or authorization. */
function upLink(resource: JsonObject): { orders?: string; captures?: string; authorizations?: string } {
  for (const link of arrayAt(resource, 'links')) {
    if (!isJsonObject(link) || link.rel !== 'up' || typeof link.href !== 'string') continue;
    const [, orders, payments, id] = UP_PATH.exec(link.href) ?? [];
    const collection = orders ?? payments;
    if (collection !== undefined && id !== undefined) return { [collection]: id };
  }
  return {};
}

const V1_AUTHORIZATION = /^https:\/\/[^/?#]+\/v1\/payments\/authorization\/([\w-]{1,64})$/;

/** v1 captures name their authorization only in a link. */
function v1Authorization(resource: JsonObject): string | undefined {
  for (const link of arrayAt(resource, 'links')) {
    if (!isJsonObject(link) || link.rel !== 'authorization' || typeof link.href !== 'string') continue;
    return V1_AUTHORIZATION.exec(link.href)?.[1];
  }
  return undefined;
}

function idsIn(resource: JsonObject, related: RelatedIds): string[] {
  return objectIds(
    possibleReferenceAt(resource, 'id'),
    possibleReferenceAt(resource, 'dispute_id'),
    related.capture,
    related.authorization,
    related.order,
    related.parentPayment,
    ...related.disputed,
  );
}
