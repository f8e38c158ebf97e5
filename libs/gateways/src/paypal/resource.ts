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

/** The ids around a resource, wherever its shape (v1 or v2) keeps them. Told apart by fields, not by version. */
interface RelatedIds {
  /** v2 order. */
  readonly order: string | undefined;
  /** v1 payment, which plays the part of an order there. */
  readonly parentPayment: string | undefined;
  /** Capture or v1 sale. */
  readonly capture: string | undefined;
  readonly authorization: string | undefined;
  /** Of a dispute: the captures or sales that are disputed. */
  readonly disputed: readonly string[];
}

/** A resource of PayPal's API, wherever it was found: in an event, in an answer. */
export interface PayPalReading {
  readonly resource: JsonObject;
  readonly related: RelatedIds;
  /** Our own id of the payment, where PayPal hands it back. */
  readonly intentId: IntentId | undefined;
  /** Every id that the resource names, its own first. */
  readonly objectIds: readonly string[];
  /** Of what told it: the resource has no time of its own until something was done with it. */
  readonly time: Date | null;
}

/** What is known of a resource from where it was found. */
interface Surroundings {
  readonly isOrder?: boolean;
  /** The order in which it was found; what it says itself counts first. */
  readonly orderId?: string;
  readonly time: Date | null;
}

/** @throws WebhookError `unreadable` */
export function readPayPalResource(resource: JsonObject, around: Surroundings): PayPalReading {
  const related = relatedIds(resource, around);
  return {
    resource,
    related,
    intentId: intentIdOf(resource),
    objectIds: idsIn(resource, related),
    time: around.time,
  };
}

const CARRIERS_MAX = 32;

/** v2 `custom_id`, v1 `custom`; of an order on its purchase units, of a dispute on its transactions. */
function intentIdOf(resource: JsonObject): IntentId | undefined {
  const parts = [...arrayAt(resource, 'purchase_units'), ...arrayAt(resource, 'disputed_transactions')];
  const carriers = [resource, ...parts.slice(0, CARRIERS_MAX).filter(isJsonObject)];
  return intentIdIn(...carriers.flatMap(({ custom_id, custom }) => [custom_id, custom]));
}

function relatedIds(resource: JsonObject, { isOrder = false, orderId }: Surroundings): RelatedIds {
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

/** v2 resources link to what they belong to: a refund to its capture, a capture to its order or authorization. */
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

/** v1 captures name their authorization in a link and nowhere else. */
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
