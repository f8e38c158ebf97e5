import type { GatewayAnswer } from '../client/gateway-client.js';
import { answerOfDispute, answerOfOrder, answerOfPart, type PartName } from './answer.js';
import type { AnsweredResource } from './answered-resource.js';
import { type Ask, readAuthorization, readCapture, readDispute, readOrder, readRefund } from './reads.js';
import { type PayPalReading, readPayPalResource } from './resource.js';

interface FoundPart extends AnsweredResource {
  readonly name: PartName;
}

/** Only ids of disputes start with it. */
const DISPUTE_PREFIX = 'PP-';

/**
 * Except for disputes, PayPal's ids do not show the type of their object, so each type is tried, the likeliest first.
 *
 * @returns as `GatewayClient.fetch` @throws whatever the SDK throws, WebhookError `unreadable`
 */
export async function fetchFromPayPal(ask: Ask, objectId: string): Promise<GatewayAnswer | null> {
  return objectId.startsWith(DISPUTE_PREFIX) ? fetchDispute(ask, objectId) : fetchPayment(ask, objectId);
}

async function fetchDispute(ask: Ask, disputeId: string): Promise<GatewayAnswer | null> {
  const dispute = await readDispute(ask, disputeId);
  if (dispute === null) return null;
  const [capture = disputeId] = relatedTo(dispute).disputed;
  const order = await fetchPayment(ask, capture);
  return answerOfDispute(dispute, order ?? { gatewayObjectId: capture, objectIds: [], facts: [] });
}

async function fetchPayment(ask: Ask, objectId: string): Promise<GatewayAnswer | null> {
  const order = await readOrder(ask, objectId);
  if (order !== null) return answerOfOrder(order);
  const part = await findPart(ask, objectId);
  if (part === null) return null;
  const orderId = await orderOf(ask, part);
  const whole = orderId === null ? null : await readOrder(ask, orderId);
  // PayPal keeps payments longer than their order, and those of the v1 API have none.
  return whole === null ? answerOfPart({ ...part, orderId: orderId ?? objectId }) : answerOfOrder(whole);
}

async function findPart(ask: Ask, objectId: string): Promise<FoundPart | null> {
  const captured = await readCapture(ask, objectId);
  if (captured !== null) return { ...captured, name: 'captures' };
  const held = await readAuthorization(ask, objectId);
  if (held !== null) return { ...held, name: 'authorizations' };
  const refunded = await readRefund(ask, objectId);
  return refunded === null ? null : { ...refunded, name: 'refunds' };
}

/** A refund names its capture, a capture its authorization or order, an authorization its order. */
async function orderOf(ask: Ask, part: AnsweredResource): Promise<string | null> {
  const { order, capture, authorization } = relatedTo(part);
  if (order !== undefined) return order;
  const above =
    capture === undefined
      ? authorization !== undefined && (await readAuthorization(ask, authorization))
      : await readCapture(ask, capture);
  return above ? orderOf(ask, above) : null;
}

function relatedTo({ resource, at }: AnsweredResource): PayPalReading['related'] {
  return readPayPalResource(resource, { time: new Date(at) }).related;
}
