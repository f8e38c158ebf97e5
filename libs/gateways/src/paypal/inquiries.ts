import type { Fact, FactKind, GatewayOperation, Money, PlannedCall } from '@payments/domain';
import type { GatewayAnswer } from '../client/gateway-client.js';
import { GatewayError } from '../client/gateway-error.js';
import { requiredOrder } from '../client/required-ids.js';
import { answerOfOrder, answerOfPart, partsOf } from './answer.js';
import type { AnsweredResource } from './answered-resource.js';
import { type Ask, readAuthorization, readCapture, readOrder } from './reads.js';

type Proof = (call: PlannedCall, order: AnsweredResource) => GatewayAnswer | null;

/** How an order proves that a call of each operation was executed; null if it does not. */
const PROOFS = {
  create: (_call, order) => answerOfOrder(order),
  confirm: showsPayment,
  authorize: showsPayment,
  capture: showsCapture,
  cancel: showsVoid,
  refund: showsRefund,
} as const satisfies Record<GatewayOperation, Proof>;

/**
 * Reads the order, which shows at once what was done with it. A creation cannot be inquired about without the order's
 * id, because PayPal has no search by ids of ours; the same request, sent again under its key within six hours, returns
 * the order.
 *
 * @returns as `GatewayClient.inquire` @throws whatever the SDK throws, WebhookError `unreadable`
 */
export async function inquireAtPayPal(ask: Ask, call: PlannedCall): Promise<GatewayAnswer | null> {
  if (call.operation === 'create' && call.gatewayObjectId === null) return null;
  const order = await readOrder(ask, requiredOrder(call));
  return order === null ? inquireWithoutOrder(ask, call) : answerIfProven(order, call);
}

/** Statuses of an authorization or capture with which nothing was done. */
const UNTOUCHED = ['CREATED', 'PENDING', 'COMPLETED'];

/**
 * PayPal keeps payments longer than their order. A payment shows by itself that nothing was done with it; what was done
 * is only in the order.
 *
 * @throws GatewayError API_ERROR if something was done, by this call or by another
 */
async function inquireWithoutOrder(ask: Ask, { operation, targetId }: PlannedCall): Promise<null> {
  if (targetId === null) return null;
  const read = operation === 'refund' ? readCapture : readAuthorization;
  const target = await read(ask, targetId);
  if (target === null || UNTOUCHED.includes(String(target.resource.status))) return null;
  const message = `${targetId} has outlived its order: what was done with it cannot be told`;
  throw new GatewayError({ type: 'API_ERROR', failure: { code: 'order_gone', message } });
}

/**
 * The answer of a call, if its order proves that it was executed, or rejected for good; else null.
 *
 * @throws WebhookError `unreadable`
 */
export function answerIfProven(order: AnsweredResource, call: PlannedCall): GatewayAnswer | null {
  return PROOFS[call.operation](call, order);
}

const CLOSED_UNPAID = ['DECLINED', 'VOIDED', 'CANCELLED'];
const NOT_FAILED: readonly FactKind[] = ['captured', 'authorized', 'processing', 'voided'];

/** A failed payment of an order that can still be paid proves nothing: it may come from an earlier call. */
function showsPayment(_call: PlannedCall, order: AnsweredResource): GatewayAnswer | null {
  const status = String(order.resource.status);
  const payments = partsOf(order).filter(({ name }) => name !== 'refunds');
  const isPaid = payments
    .flatMap((part) => answerOfPart(part).facts)
    .some(({ kind }) => NOT_FAILED.includes(kind));
  const isOver = CLOSED_UNPAID.includes(status) || (status === 'COMPLETED' && payments.length > 0);
  return isOver || isPaid ? answerOfOrder(order) : null;
}

/** An intent has one capture; one of another amount was not made by this call. */
function showsCapture({ amount }: PlannedCall, order: AnsweredResource): GatewayAnswer | null {
  const captures = partsOf(order).filter(({ name }) => name === 'captures');
  const isThis = captures
    .flatMap((part) => answerOfPart(part).facts)
    .some((fact) => amountOf(fact)?.amountMinor === amount.amountMinor);
  return isThis ? answerOfOrder(order) : null;
}

function amountOf(fact: Fact): Money | undefined {
  return fact.kind === 'processing' ? fact.payment?.amount : 'amount' in fact ? fact.amount : undefined;
}

const RELEASED = ['VOIDED', 'EXPIRED'];

function showsVoid({ targetId }: PlannedCall, order: AnsweredResource): GatewayAnswer | null {
  const held = partsOf(order).find(
    ({ name, resource }) => name === 'authorizations' && resource.id === targetId,
  );
  return held !== undefined && RELEASED.includes(String(held.resource.status)) ? answerOfPart(held) : null;
}

function showsRefund({ attemptId }: PlannedCall, order: AnsweredResource): GatewayAnswer | null {
  const ours = partsOf(order).find(
    ({ name, resource }) => name === 'refunds' && resource.invoice_id === attemptId,
  );
  return ours === undefined ? null : answerOfPart(ours);
}
