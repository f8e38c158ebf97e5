import type { PlannedCall } from '@payments/domain';
import type { GatewayAnswer } from '../client/gateway-client.js';
import { GatewayError } from '../client/gateway-error.js';
import { makeFact } from '../make-fact.js';
import { answerOfOrder } from './answer.js';
import type { AnsweredResource } from './answered-resource.js';
import { approvalLink } from './approval-link.js';
import { answerIfProven } from './inquiries.js';
import { meaningOfIssue } from './issues.js';
import { type Ask, readOrder } from './reads.js';
import { type Refusal, refusalIn } from './refusal.js';

/**
 * Evaluates the rejection of a call. If PayPal says that it was done already, the order shows whether an earlier
 * sending of this call did it: then the order is the answer.
 *
 * @throws GatewayError the rejection, with what the order or the rejection says about the payment
 */
export async function answerOfRefused(
  ask: Ask,
  call: PlannedCall,
  refused: GatewayError,
): Promise<GatewayAnswer> {
  const refusal = refusalIn(refused.cause);
  if (refusal === null) throw refused;
  switch (meaningOfIssue(refusal.issue)) {
    case 'settled':
      return settledBefore(ask, call, refused);
    case 'declined':
      throw await withNextTry(ask, call, refused, refusal);
    default:
      throw refused;
  }
}

async function settledBefore(ask: Ask, call: PlannedCall, refused: GatewayError): Promise<GatewayAnswer> {
  // A creation: what was done before concerns another order.
  if (call.gatewayObjectId === null) throw refused;
  const order = await orderNow(ask, call);
  // Only the order can show whether this call did it.
  if (order === null) throw refusalAs('UNKNOWN_OUTCOME', refused);
  const answer = answerIfProven(order, call);
  if (answer === null) throw refusalAs(refused.type, refused, answerOfOrder(order));
  return answer;
}

/**
 * After a decline the payer may approve the order again, with another payment source, and it can be confirmed again.
 */
async function withNextTry(
  ask: Ask,
  call: PlannedCall,
  refused: GatewayError,
  refusal: Refusal,
): Promise<GatewayError> {
  if (call.gatewayObjectId === null || !PAYING.includes(call.operation)) return refused;
  const { gatewayObjectId: orderId } = call;
  const link = approvalLink(refusal.body) ?? approvalLink((await orderNow(ask, call))?.resource ?? {});
  const failed = makeFact('failed_retryable', {
    provider: 'paypal',
    objectId: orderId,
    parentId: orderId,
    relatedIds: [],
    occurredAt: refusal.at,
    amount: () => call.amount,
    failure: () => refused.failure,
    nextAction: () => link,
    payment: () => undefined,
  });
  return refusalAs(refused.type, refused, { gatewayObjectId: orderId, objectIds: [], facts: [failed] });
}

const PAYING = ['confirm', 'authorize'];

/** Null if it cannot be read. */
async function orderNow(ask: Ask, { gatewayObjectId }: PlannedCall): Promise<AnsweredResource | null> {
  if (gatewayObjectId === null) return null;
  try {
    return await readOrder(ask, gatewayObjectId);
  } catch {
    return null;
  }
}

function refusalAs(type: GatewayError['type'], refused: GatewayError, answer?: GatewayAnswer): GatewayError {
  const { failure, httpStatus, cause } = refused;
  return new GatewayError({ type, failure, httpStatus, answer, cause });
}
