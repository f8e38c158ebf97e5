import { currencyExponent, InvalidAmountError, type Money, minorUnitsOf } from '@payments/domain';
import type { FactParts } from '../make-fact.js';
import { arrayAt, isJsonObject, type JsonObject, objectAt, referenceAt } from '../webhook-body.js';
import { unreadable } from '../webhook-error.js';

/** More than any buyer disputes at once; each makes a transaction. */
const DISPUTED_MAX = 100;
/** As long as any id may be. */
const OBJECT_ID_LENGTH_MAX = 240;

/**
 * A dispute as one fact for each capture that it names: they may be of several payments, and each holds back its own
 * share of the one `dispute_amount`. The shares add up to it exactly. They follow the captures' gross amounts where
 * PayPal tells them all in the dispute's currency; else they are equal.
 *
 * A dispute over one capture keeps its own id; over several, each part is called by dispute and capture, so that
 * it is the same in every report, whatever the order of the captures. A share of nothing makes no part.
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
      // Not the dispute: it may be over captures of several payments, and is no object of any of them.
      relatedIds: [capture],
      amount: () => amount,
    };
  });
}

/** Each capture once, in the order of their ids, with its gross amount; with 1 each if one of those is missing. */
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
  const isTold = captures.every((capture) => gross.get(capture));
  return new Map(captures.map((capture) => [capture, (isTold && gross.get(capture)) || 1n]));
}

/** Minor units; null where it is of no use for a share. */
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

/** `total` in whole units by weight, exactly: no share is more than a unit off, the first ones get what is left. */
function sharesOf(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((all, weight) => all + weight, 0n);
  const shares = weights.map((weight) => (total * weight) / sum);
  const left = total - shares.reduce((all, share) => all + share, 0n);
  return shares.map((share, index) => (BigInt(index) < left ? share + 1n : share));
}
