import { type PayPalFacts, RESOURCES } from '../webhooks/paypal-resources.js';
import type { PayPalAuthorization, PayPalCapture, PayPalOrder, PayPalRefund } from './state.js';
import type { PayPalWorld } from './world.js';

const API = 'https://api.paypal.com';

/** An order with everything that was done with it. */
export function orderResource(order: PayPalOrder, { approvalUrl }: Pick<PayPalWorld, 'approvalUrl'>) {
  const { authorizations, captures, refunds } = order;
  const resource = RESOURCES.order(factsOf(order));
  const payments = {
    ...(authorizations.length === 0
      ? {}
      : { authorizations: authorizations.map((one) => authorizationResource(order, one)) }),
    ...(captures.length === 0 ? {} : { captures: captures.map((one) => captureResource(order, one)) }),
    ...(refunds.length === 0 ? {} : { refunds: refunds.map((one) => refundResource(order, one)) }),
  };
  return {
    ...resource,
    intent: order.intent,
    update_time: isoTime(order.updatedMs),
    purchase_units: resource.purchase_units.map((unit) => ({
      ...unit,
      reference_id: order.referenceId,
      description: order.description,
      ...(Object.keys(payments).length === 0 ? {} : { payments }),
    })),
    links: [...resource.links, ...nextLinks(order, approvalUrl)],
  };
}

function nextLinks({ id, status, intent }: PayPalOrder, approvalUrl: (id: string) => string): object[] {
  switch (status) {
    case 'CREATED':
      return [{ href: approvalUrl(id), rel: 'approve', method: 'GET' }];
    case 'PAYER_ACTION_REQUIRED':
      return [{ href: approvalUrl(id), rel: 'payer-action', method: 'GET' }];
    case 'APPROVED': {
      const rel = intent.toLowerCase();
      return [{ href: `${API}/v2/checkout/orders/${id}/${rel}`, rel, method: 'POST' }];
    }
    case 'COMPLETED':
      return [];
  }
}

export function authorizationResource(order: PayPalOrder, authorization: PayPalAuthorization) {
  const { id, amount, status, createdMs, updatedMs } = authorization;
  const facts = factsOf(order, { authorizationId: id, amount, status, time: isoTime(createdMs) });
  return { ...RESOURCES.authorization(facts), update_time: isoTime(updatedMs) };
}

export function captureResource(order: PayPalOrder, capture: PayPalCapture) {
  const { id, amount, status, createdMs, updatedMs, authorizationId, isFinal, invoiceId } = capture;
  const facts = factsOf(order, {
    captureId: id,
    amount,
    status,
    time: isoTime(createdMs),
    authorizationId: authorizationId ?? '',
    isOfAuthorization: authorizationId !== undefined,
    invoiceId: invoiceId ?? order.invoiceId,
  });
  return { ...RESOURCES.capture(facts), final_capture: isFinal, update_time: isoTime(updatedMs) };
}

export function refundResource(order: PayPalOrder, refund: PayPalRefund) {
  const { id, captureId, amount, createdMs, customId, invoiceId } = refund;
  const time = isoTime(createdMs);
  const facts = {
    refundId: id,
    captureId,
    amount,
    status: 'COMPLETED',
    time,
    customId: customId ?? order.customId,
  };
  return RESOURCES.refund(factsOf(order, { ...facts, invoiceId: invoiceId ?? order.invoiceId }));
}

/** What PayPal answers unless the whole resource is asked for. */
export function minimal({ id, status, links }: { id: string; status?: string; links: readonly object[] }) {
  return { id, status, links };
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

function factsOf(order: PayPalOrder, facts: Partial<PayPalFacts> = {}): PayPalFacts {
  return {
    eventId: '',
    orderId: order.id,
    captureId: '',
    authorizationId: '',
    refundId: '',
    disputeId: '',
    parentPaymentId: '',
    saleId: '',
    status: order.status,
    time: isoTime(order.createdMs),
    amount: order.amount,
    currency: order.currency,
    customId: order.customId,
    invoiceId: order.invoiceId,
    isOfAuthorization: false,
    disputeOutcome: '',
    ...facts,
  };
}
