import type { GatewayOperation, PlannedCall } from '@payments/domain';
import type { GatewayAnswer } from '../client/gateway-client.js';
import { GatewayError } from '../client/gateway-error.js';
import { requiredOrder, requiredTarget } from '../client/required-ids.js';
import { objectAt } from '../webhook-body.js';
import type { RazorpayAccount } from './account.js';
import { answerOfOrder, answerOfParts } from './answer.js';
import type { AnsweredEntity } from './api.js';
import { checkoutOf } from './checkout.js';
import { RAZORPAY_OPERATIONS } from './operations.js';
import { type Ask, readOrdersOf, readPayment, readRefundsOf } from './reads.js';

type Inquiry = (ask: Ask, call: PlannedCall, account: RazorpayAccount) => Promise<GatewayAnswer | null>;

/** How to find out whether a call of each operation was executed. A cancellation makes no request to Razorpay. */
const INQUIRIES = {
  create: findOrder,
  confirm: confirmAgain,
  authorize: confirmAgain,
  capture: inspectPayment,
  cancel: RAZORPAY_OPERATIONS.cancel,
  refund: findRefund,
} as const satisfies Record<GatewayOperation, Inquiry>;

/** @returns as `GatewayClient.inquire` @throws RequestFailed, GatewayError, WebhookError `unreadable` */
export function inquireAtRazorpay(
  ask: Ask,
  call: PlannedCall,
  account: RazorpayAccount,
): Promise<GatewayAnswer | null> {
  return INQUIRIES[call.operation](ask, call, account);
}

/** Orders can be listed by receipt, which is our intent id; their notes have the attempt id. */
async function findOrder(
  ask: Ask,
  call: PlannedCall,
  { keyId }: RazorpayAccount,
): Promise<GatewayAnswer | null> {
  const order = (await readOrdersOf(ask, call.intentId)).find((one) => isOf(call, one));
  return order === undefined ? null : answerOfOrder(order, checkoutOf(keyId, order.entity));
}

/** A confirmation only reads, so it is repeated; if it is rejected, nothing was executed. */
async function confirmAgain(
  ask: Ask,
  call: PlannedCall,
  account: RazorpayAccount,
): Promise<GatewayAnswer | null> {
  try {
    return await RAZORPAY_OPERATIONS.confirm(ask, call, account);
  } catch (error) {
    if (error instanceof GatewayError && error.type === 'INVALID_REQUEST') return null;
    throw error;
  }
}

async function inspectPayment(ask: Ask, call: PlannedCall): Promise<GatewayAnswer | null> {
  const payment = await readPayment(ask, requiredTarget(call));
  const isCaptured = payment?.entity.captured === true;
  return isCaptured ? answerOfParts(requiredOrder(call), { ...payment, name: 'payment' }) : null;
}

async function findRefund(ask: Ask, call: PlannedCall): Promise<GatewayAnswer | null> {
  const refund = (await readRefundsOf(ask, requiredTarget(call))).find((one) => isOf(call, one));
  return refund === undefined ? null : answerOfParts(requiredOrder(call), { ...refund, name: 'refund' });
}

function isOf({ attemptId }: PlannedCall, { entity }: AnsweredEntity): boolean {
  return objectAt(entity, 'notes').attemptId === attemptId;
}
