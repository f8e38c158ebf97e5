import {
  type IntentFailure,
  type IntentTransaction,
  type PaymentIntentEvent,
  TOPICS,
  type TopicSpec,
} from '@payments/contracts';
import { type OutboxRoute, PayloadError } from './outbox-route.js';
import { PayloadFields } from './payload-fields.js';

/**
 * Maps the domain's `PaymentIntentEvent` (JSON) to the contract's (Avro), and is the only place that does: a field to
 * be published is added here and to the schema.
 */
export function intentEventsRoute(
  spec: TopicSpec<PaymentIntentEvent> = TOPICS.intentEvents,
): OutboxRoute<PaymentIntentEvent> {
  return {
    spec,
    toValue: ({ payload, version, key }) => {
      const event = eventOf(new PayloadFields(payload));
      // The row determines the order, the payload the content: a mismatch would show readers a gap, or another
      // intent's event.
      if (BigInt(event.version) !== version) throw new PayloadError(`version is not the row's ${version}`);
      if (event.intentId !== key) throw new PayloadError("intentId is not the row's key");
      return event;
    },
  };
}

function eventOf(fields: PayloadFields): PaymentIntentEvent {
  return {
    type: fields.text('type'),
    version: fields.integer('version'),
    intentId: fields.text('intentId'),
    orderId: fields.text('orderId'),
    customerId: fields.text('customerId'),
    status: fields.text('status'),
    previousStatus: fields.text('previousStatus'),
    amount: fields.integer('amount'),
    currency: fields.text('currency'),
    amountAuthorized: fields.integer('amountAuthorized'),
    amountCaptured: fields.integer('amountCaptured'),
    amountRefunded: fields.integer('amountRefunded'),
    amountRefundPending: fields.integer('amountRefundPending'),
    amountDisputed: fields.integer('amountDisputed'),
    currentLeg: fields.integer('currentLeg'),
    occurredAt: fields.integer('occurredAt'),
    transaction: fields.objectOrNull('transaction', transactionOf),
    lastError: fields.objectOrNull('lastError', failureOf),
    nextAction: fields.json('nextAction'),
    alerts: fields.texts('alerts'),
    commandId: fields.textOrNull('commandId'),
  };
}

function transactionOf(fields: PayloadFields): IntentTransaction {
  const money = fields.object('amount');
  return {
    provider: fields.text('provider'),
    type: fields.text('type'),
    objectId: fields.text('objectId'),
    leg: fields.integer('leg'),
    status: fields.text('status'),
    amount: money.integer('amountMinor'),
    currency: money.text('currency'),
    occurredAt: fields.integer('occurredAt'),
    reference: fields.textOrNull('reference'),
    failure: fields.objectOrNull('failure', failureOf),
  };
}

function failureOf(fields: PayloadFields): IntentFailure {
  return { code: fields.text('code'), message: fields.textOrNull('message') };
}
