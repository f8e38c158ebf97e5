import type { PaymentIntentEvent } from './decision.js';
import type { Intent } from './payment.js';
import { sumsIn } from './sums.js';

type Told = Pick<PaymentIntentEvent, 'type' | 'occurredAt' | 'transaction' | 'alerts' | 'commandId'>;

/** What others are told of an intent that changed; of a creation both are the same. */
export function intentEvent(before: Intent, after: Intent, told: Told): PaymentIntentEvent {
  const { version, intentId, orderId, customerId, status, amount, currency } = after;
  const { currentLeg, lastError, nextAction } = after;
  return {
    type: told.type,
    version,
    intentId,
    orderId,
    customerId,
    status,
    previousStatus: before.status,
    amount,
    currency,
    ...sumsIn(after),
    currentLeg,
    lastError,
    nextAction,
    occurredAt: told.occurredAt,
    transaction: told.transaction,
    alerts: told.alerts,
    commandId: told.commandId,
  };
}
