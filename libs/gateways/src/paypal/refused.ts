import type { PlannedCall } from '@payments/domain';
import type { GatewayAnswer } from '../client/gateway-client.js';
import { GatewayError } from '../client/gateway-error.js';
import { makeFact } from '../make-fact.js';
import { answerOfOrder } from './answer.js';
import type { AnsweredResource } from './answered-resource.js';
import { approvalLink } from './approval-link.js';
import { shownBy } from './inquiries.js';
import { meaningOfIssue } from './issues.js';
import { type Ask, readOrder } from './reads.js';
import { type Refusal, refusalIn } from './refusal.js';

/**
 * What a refused call has to say beside the refusal. Where PayPal says that it is done already, the order tells by
 * whom: if by an earlier sending of this call, what it shows is the answer.
 *
 * @throws GatewayError the refusal, with what the order or the refusal itself tells of the payment
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
  // Before there is an order, what was done is of another one.
  if (call.gatewayObjectId === null) throw refused;
  const order = await orderNow(ask, call);
  // Something was done, and nobody can say what: only the order can.
  if (order === null) throw toldAs('UNKNOWN_OUTCOME', refused);
  const answer = shownBy(order, call);
  if (answer === null) throw toldAs(refused.type, refused, answerOfOrder(order));
  return answer;
}

/** The payer may approve the order anew, with another way of paying, and it may be confirmed once more. */
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
  return toldAs(refused.type, refused, { gatewayObjectId: orderId, objectIds: [], facts: [failed] });
}

const PAYING = ['confirm', 'authorize'];

/** Null if it cannot be had now: the refusal stands without it. */
async function orderNow(ask: Ask, { gatewayObjectId }: PlannedCall): Promise<AnsweredResource | null> {
  if (gatewayObjectId === null) return null;
  try {
    return await readOrder(ask, gatewayObjectId);
  } catch {
    return null;
  }
}

function toldAs(type: GatewayError['type'], refused: GatewayError, answer?: GatewayAnswer): GatewayError {
  const { failure, httpStatus, cause } = refused;
  return new GatewayError({
    type,
    failure,
    cause,
    ...(httpStatus === null ? {} : { httpStatus }),
    ...(answer === undefined ? {} : { answer }),
  });
}
