import type { Fact, FactKind, GatewayOperation, Money, PlannedCall } from '@payments/domain';
import type { GatewayAnswer } from '../client/gateway-client.js';
import { GatewayError } from '../client/gateway-error.js';
import { requiredOrder } from '../client/required-ids.js';
import { answerOfOrder, answerOfPart, partsOf } from './answer.js';
import type { AnsweredResource } from './answered-resource.js';
import { type Ask, readAuthorization, readCapture, readOrder } from './reads.js';

type Look = (call: PlannedCall, order: AnsweredResource) => GatewayAnswer | null;

/** What an order shows of each operation, once it was carried out. */
const SHOWN = {
  create: (_call, order) => answerOfOrder(order),
  confirm: showsPayment,
  authorize: showsPayment,
  capture: showsCapture,
  cancel: showsVoid,
  refund: showsRefund,
} as const satisfies Record<GatewayOperation, Look>;

/**
 * An order shows at once what was done with it. Before it was created there is nothing to look at: PayPal finds no
 * order by an id of ours. The same request, sent again under its key within six hours, gives the order.
 *
 * @returns as `GatewayClient.inquire` @throws whatever the SDK throws, WebhookError `unreadable`
 */
export async function inquireAtPayPal(ask: Ask, call: PlannedCall): Promise<GatewayAnswer | null> {
  if (call.operation === 'create' && call.gatewayObjectId === null) return null;
  const order = await readOrder(ask, requiredOrder(call));
  return order === null ? shownWithoutOrder(ask, call) : shownBy(order, call);
}

/** What an authorization or capture is as long as nothing was done with it. */
const UNTOUCHED = ['CREATED', 'PENDING', 'COMPLETED'];

/**
 * Payments outlive their order. That nothing was done with one, it shows by itself; what was done is only in the order.
 * @throws GatewayError API_ERROR if something was done, by this call or by another
 */
async function shownWithoutOrder(ask: Ask, { operation, targetId }: PlannedCall): Promise<null> {
  if (targetId === null) return null;
  const read = operation === 'refund' ? readCapture : readAuthorization;
  const target = await read(ask, targetId);
  if (target === null || UNTOUCHED.includes(String(target.resource.status))) return null;
  const message = `${targetId} has outlived its order: what was done with it cannot be told`;
  throw new GatewayError({ type: 'API_ERROR', failure: { code: 'order_gone', message } });
}

/** Whether an order shows that a call was carried out, or refused for good. @throws WebhookError `unreadable` */
export function shownBy(order: AnsweredResource, call: PlannedCall): GatewayAnswer | null {
  return SHOWN[call.operation](call, order);
}

const REFUSED_FOR_GOOD = ['DECLINED', 'VOIDED', 'CANCELLED'];
const ON_ITS_WAY: readonly FactKind[] = ['captured', 'authorized', 'processing', 'voided'];

/** A payment that failed while the order can still be paid may be of an earlier call, and proves nothing of this one. */
function showsPayment(_call: PlannedCall, order: AnsweredResource): GatewayAnswer | null {
  const status = String(order.resource.status);
  const payments = partsOf(order).filter(({ name }) => name !== 'refunds');
  const isPaid = payments
    .flatMap((part) => answerOfPart(part).facts)
    .some(({ kind }) => ON_ITS_WAY.includes(kind));
  const isOver = REFUSED_FOR_GOOD.includes(status) || (status === 'COMPLETED' && payments.length > 0);
  return isOver || isPaid ? answerOfOrder(order) : null;
}

/** There is one capture for each intent; one of another amount was not this call. */
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

const LET_GO = ['VOIDED', 'EXPIRED'];

function showsVoid({ targetId }: PlannedCall, order: AnsweredResource): GatewayAnswer | null {
  const held = partsOf(order).find(
    ({ name, resource }) => name === 'authorizations' && resource.id === targetId,
  );
  return held !== undefined && LET_GO.includes(String(held.resource.status)) ? answerOfPart(held) : null;
}

function showsRefund({ attemptId }: PlannedCall, order: AnsweredResource): GatewayAnswer | null {
  const ours = partsOf(order).find(
    ({ name, resource }) => name === 'refunds' && resource.invoice_id === attemptId,
  );
  return ours === undefined ? null : answerOfPart(ours);
}
