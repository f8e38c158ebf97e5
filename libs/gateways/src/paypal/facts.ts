import type { Fact, FactName, Money } from '@payments/domain';
import { type GatewayExponents, moneyOfGatewayDecimal, requiredCurrency } from '../amounts.js';
import {
  attemptIdIn,
  failureOf,
  meaningOf,
  requiredReference,
  requiredStatus,
  requiredTime,
} from '../fact-parts.js';
import { type FactParts, makeFact } from '../make-fact.js';
import { eventTime, type JsonObject, objectAt, referenceAt } from '../webhook-body.js';
import { approvalLink } from './approval-link.js';
import { disputedParts } from './disputed-parts.js';
import type { PayPalEntity } from './events.js';
import type { PayPalReading } from './resource.js';
import { PAYPAL_STATES } from './states.js';

/**
 * PayPal uses the decimals of ISO 4217, except for these currencies: it takes none for them.
 *
 * Source: https://developer.paypal.com/api/rest/reference/currency-codes/
 */
export const PAYPAL_EXPONENTS: GatewayExponents = { HUF: 0, JPY: 0, TWD: 0 };

/** The facts that follow from the state of a resource. @throws WebhookError `unreadable`, naming the unusable field */
export function paypalFacts(reading: PayPalReading, entity: PayPalEntity): Fact[] {
  const { resource } = reading;
  const state = stateOf(resource, entity);
  const name = meaningOf<FactName | null>(PAYPAL_STATES[entity], 'resource.status', state);
  if (name === null) return [];
  const objectId = requiredReference('resource.id', resource, ID_FIELDS[entity] ?? 'id');
  const amount = () => amountOf(resource, entity);
  const parts: FactParts = {
    provider: 'paypal',
    objectId,
    relatedIds: reading.objectIds.filter((id) => id !== objectId),
    occurredAt: occurredAt(reading),
    parentId: parentOf(reading, entity),
    attemptId: attemptIdIn(ownInvoice(reading)),
    amount,
    failure: () => failureIn(resource, state),
    nextAction: () => approvalLink(resource),
    payment: () => attemptOf(entity, { objectId, amount }),
  };
  const all = entity === 'dispute' ? disputedParts(resource, parts) : [parts];
  return all.map((part) => makeFact(name, part));
}

/** The capture of a refund; the order (v1: the payment) of everything else. */
function parentOf({ resource, related }: PayPalReading, entity: PayPalEntity): string | undefined {
  switch (entity) {
    case 'refund':
    case 'reversal':
      return related.capture;
    case 'approval':
      return referenceAt(resource, 'order_id');
    default:
      return related.order ?? related.parentPayment;
  }
}

/** A refund's own invoice id. One that was not made by us has its payment's instead, which is our intent id. */
function ownInvoice({ resource, intentId }: PayPalReading): unknown {
  return resource.invoice_id === intentId ? undefined : resource.invoice_id;
}

function attemptOf(entity: PayPalEntity, { objectId, amount }: Pick<FactParts, 'objectId' | 'amount'>) {
  if (entity === 'capture') return { objectId, amount: amount() };
  return entity === 'authorization'
    ? { type: 'AUTHORIZATION' as const, objectId, amount: amount() }
    : undefined;
}

const ID_FIELDS: Partial<Record<PayPalEntity, string>> = { approval: 'order_id', dispute: 'dispute_id' };

/** The resource's `update_time`, else the time of the event or response: orders and disputes often lack their own. */
function occurredAt({ resource: { update_time }, time }: PayPalReading): number {
  if (update_time === undefined || update_time === null) return requiredTime('create_time', time);
  return requiredTime(
    'resource.update_time',
    typeof update_time === 'string' ? eventTime(update_time) : null,
  );
}

/** v1 has a `state` in small letters, v2 a `status` in capitals. */
function stateOf(resource: JsonObject, entity: PayPalEntity): string {
  // An approval has no status; its only event is its reversal.
  if (entity === 'approval') return 'REVERSED';
  const status = requiredStatus('resource.status', resource.status ?? resource.state).toUpperCase();
  if (entity !== 'dispute' || status !== 'RESOLVED') return status;
  const { outcome_code } = objectAt(resource, 'dispute_outcome');
  return `RESOLVED, ${requiredStatus('resource.dispute_outcome.outcome_code', outcome_code)}`;
}

/** v2 `{ value, currency_code }`, v1 `{ total, currency }`, distinguished by these fields. */
function amountOf(resource: JsonObject, entity: PayPalEntity): Money {
  const field = entity === 'dispute' ? 'dispute_amount' : 'amount';
  const amount = objectAt(resource, field);
  const isV1 = amount.value === undefined;
  const value = isV1 ? amount.total : amount.value;
  const currency = isV1 ? amount.currency : amount.currency_code;
  const isGivenBack = isV1 && (entity === 'refund' || entity === 'reversal');
  return moneyOfGatewayDecimal(
    { name: `resource.${field}`, value: isGivenBack ? withoutMinus(value) : value },
    requiredCurrency(`resource.${field}'s currency`, currency),
    PAYPAL_EXPONENTS,
  );
}

/** v1 writes refunds as negative amounts. */
function withoutMinus(value: unknown): unknown {
  return typeof value === 'string' && value.startsWith('-') ? value.slice(1) : value;
}

function failureIn(resource: JsonObject, state: string) {
  const reason = objectAt(resource, 'status_details').reason;
  const processor = objectAt(resource, 'processor_response').response_code;
  return failureOf([reason, resource.reason_code, processor, state], null);
}
