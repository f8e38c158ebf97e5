import { currencyExponent, InvalidAmountError, type Money, minorUnitsOf } from '@payments/domain';
import type { FactParts } from '../make-fact.js';
import { arrayAt, isJsonObject, type JsonObject, objectAt, referenceAt } from '../webhook-body.js';
import { unreadable } from '../webhook-error.js';

/** More captures than any buyer disputes at once; each becomes a transaction. */
const DISPUTED_MAX = 100;
/** Limit of all ids from gateways. */
const OBJECT_ID_LENGTH_MAX = 240;

/**
 * Splits a dispute into one part for each disputed capture, since these may belong to several payments. The parts'
 * amounts add up to the `dispute_amount` exactly: in proportion to the captures' gross amounts if PayPal reports all of
 * them in the dispute's currency, else equal.
 *
 * A dispute over one capture keeps its own id. Over several, the id of each part is made of dispute and capture, so
 * that every report gives it the same id, in whatever order it lists the captures. A part with amount 0 is left out.
 *
 * Source: https://developer.paypal.com/docs/api/customer-disputes/v1/#disputes_get
 * @throws WebhookError `unreadable`, naming the field that cannot be used
 */
export function disputedParts(resource: JsonObject, dispute: FactParts): FactParts[] {
  const disputed = disputedCaptures(resource, dispute);
  const [first] = disputed.keys();
  if (first === undefined) return [dispute];
  if (disputed.size === 1) return [{ ...dispute, parentId: first }];
  const { amountMinor, currency } = dispute.amount();
  const shares = sharesOf(amountMinor, [...disputed.values()]);
  return [...disputed.keys()].flatMap((capture, index) => {
    const amount: Money = { amountMinor: shares[index] ?? 0n, currency };
    if (amount.amountMinor === 0n) return [];
    const objectId = `${dispute.objectId}:${capture}`;
    if (objectId.length > OBJECT_ID_LENGTH_MAX) {
      throw unreadable('resource.disputed_transactions has an id that is too long');
    }
    return {
      ...dispute,
      objectId,
      parentId: capture,
      // Without the dispute's own id: it may cover several payments and so cannot be resolved to one of them.
      relatedIds: [capture],
      amount: () => amount,
    };
  });
}

/** The distinct captures, sorted by id, with their gross amounts as weights; with 1 each if one of those is missing. */
function disputedCaptures(resource: JsonObject, { amount }: FactParts): Map<string, bigint> {
  const { currency } = amount();
  const gross = new Map<string, bigint | null>();
  for (const transaction of arrayAt(resource, 'disputed_transactions').filter(isJsonObject)) {
    const capture = referenceAt(transaction, 'seller_transaction_id');
    if (capture !== undefined) gross.set(capture, gross.get(capture) ?? grossOf(transaction, currency));
  }
  if (gross.size > DISPUTED_MAX) {
    throw unreadable(`resource.disputed_transactions names more than ${DISPUTED_MAX}`);
  }
  const captures = [...gross.keys()].sort();
  const isComplete = captures.every((capture) => gross.get(capture));
  return new Map(captures.map((capture) => [capture, (isComplete && gross.get(capture)) || 1n]));
}

/** In minor units; null if it cannot be used as a weight. */
function grossOf(transaction: JsonObject, currency: string): bigint | null {
  const { value, currency_code } = objectAt(transaction, 'gross_amount');
  if (typeof value !== 'string' || currency_code !== currency) return null;
  try {
    const gross = minorUnitsOf(value, currencyExponent(currency));
    return gross > 0n ? gross : null;
  } catch (error) {
    if (error instanceof InvalidAmountError) return null;
    throw error;
  }
}

/** Splits `total` by weight into whole units that add up to it: rounded down, the rest goes to the first shares. */
function sharesOf(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((all, weight) => all + weight, 0n);
  const shares = weights.map((weight) => (total * weight) / sum);
  const left = total - shares.reduce((all, share) => all + share, 0n);
  return shares.map((share, index) => (BigInt(index) < left ? share + 1n : share));
}
