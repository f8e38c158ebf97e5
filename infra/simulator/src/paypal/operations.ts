import type { Operations } from '../api/operation.js';
import { authorizeOrder } from './operations/authorize-order.js';
import { captureAuthorization } from './operations/capture-authorization.js';
import { captureOrder } from './operations/capture-order.js';
import { createOrder } from './operations/create-order.js';
import { getAuthorization } from './operations/get-authorization.js';
import { getCapture } from './operations/get-capture.js';
import { getOrder } from './operations/get-order.js';
import { getRefund } from './operations/get-refund.js';
import { issueAccessToken } from './operations/issue-access-token.js';
import { refundCapture } from './operations/refund-capture.js';
import { searchTransactions } from './operations/search-transactions.js';
import { voidAuthorization } from './operations/void-authorization.js';
import type { PayPalHandler } from './world.js';

const get = (path: string, handle: PayPalHandler) => ({ method: 'GET', path, handle }) as const;
const post = (path: string, handle: PayPalHandler, canDecline = false) =>
  ({ method: 'POST', path, handle, canDecline }) as const;

export const TOKEN_OPERATION = 'oauth2.token';

export const PAYPAL_OPERATIONS = {
  [TOKEN_OPERATION]: post('/v1/oauth2/token', issueAccessToken),
  'orders.create': post('/v2/checkout/orders', createOrder),
  'orders.get': get('/v2/checkout/orders/:id', getOrder),
  'orders.capture': post('/v2/checkout/orders/:id/capture', captureOrder, true),
  'orders.authorize': post('/v2/checkout/orders/:id/authorize', authorizeOrder, true),
  'authorizations.get': get('/v2/payments/authorizations/:id', getAuthorization),
  'authorizations.capture': post('/v2/payments/authorizations/:id/capture', captureAuthorization, true),
  'authorizations.void': post('/v2/payments/authorizations/:id/void', voidAuthorization),
  'captures.get': get('/v2/payments/captures/:id', getCapture),
  'captures.refund': post('/v2/payments/captures/:id/refund', refundCapture),
  'refunds.get': get('/v2/payments/refunds/:id', getRefund),
  'transactions.search': get('/v1/reporting/transactions', searchTransactions),
} as const satisfies Operations<PayPalHandler>;
