import type { Operations } from '../api/operation.js';
import { capturePayment } from './operations/capture-payment.js';
import { createOrder } from './operations/create-order.js';
import { fetchOrder } from './operations/fetch-order.js';
import { fetchPayment } from './operations/fetch-payment.js';
import { fetchRefund } from './operations/fetch-refund.js';
import { listOrderPayments } from './operations/list-order-payments.js';
import { listOrders } from './operations/list-orders.js';
import { listPaymentRefunds } from './operations/list-payment-refunds.js';
import { listPayments } from './operations/list-payments.js';
import { refundPayment } from './operations/refund-payment.js';
import type { RazorpayHandler } from './world.js';

const get = (path: string, handle: RazorpayHandler) => ({ method: 'GET', path, handle }) as const;
const post = (path: string, handle: RazorpayHandler) => ({ method: 'POST', path, handle }) as const;

export const REFUND_OPERATION = 'payments.refund';

export const RAZORPAY_OPERATIONS = {
  'orders.create': post('/v1/orders', createOrder),
  'orders.list': get('/v1/orders', listOrders),
  'orders.fetch': get('/v1/orders/:id', fetchOrder),
  'orders.payments': get('/v1/orders/:id/payments', listOrderPayments),
  'payments.list': get('/v1/payments', listPayments),
  'payments.fetch': get('/v1/payments/:id', fetchPayment),
  'payments.capture': post('/v1/payments/:id/capture', capturePayment),
  [REFUND_OPERATION]: post('/v1/payments/:id/refund', refundPayment),
  'payments.refunds': get('/v1/payments/:id/refunds', listPaymentRefunds),
  'refunds.fetch': get('/v1/refunds/:id', fetchRefund),
} as const satisfies Operations<RazorpayHandler>;
