import type { Operations } from '../api/operation.js';
import { cancelPaymentIntent } from './operations/cancel-payment-intent.js';
import { capturePaymentIntent } from './operations/capture-payment-intent.js';
import { confirmPaymentIntent } from './operations/confirm-payment-intent.js';
import { createPaymentIntent } from './operations/create-payment-intent.js';
import { createRefund } from './operations/create-refund.js';
import { listEvents } from './operations/list-events.js';
import { listPaymentIntents } from './operations/list-payment-intents.js';
import { listRefunds } from './operations/list-refunds.js';
import { retrieveCharge } from './operations/retrieve-charge.js';
import { retrieveEvent } from './operations/retrieve-event.js';
import { retrievePaymentIntent } from './operations/retrieve-payment-intent.js';
import { retrieveRefund } from './operations/retrieve-refund.js';
import { searchPaymentIntents } from './operations/search-payment-intents.js';
import type { StripeHandler } from './world.js';

const get = (path: string, handle: StripeHandler) => ({ method: 'GET', path, handle }) as const;
const post = (path: string, handle: StripeHandler, canDecline = false) =>
  ({ method: 'POST', path, handle, canDecline }) as const;

export const STRIPE_OPERATIONS = {
  'payment_intents.create': post('/v1/payment_intents', createPaymentIntent, true),
  'payment_intents.list': get('/v1/payment_intents', listPaymentIntents),
  'payment_intents.search': get('/v1/payment_intents/search', searchPaymentIntents),
  'payment_intents.retrieve': get('/v1/payment_intents/:id', retrievePaymentIntent),
  'payment_intents.confirm': post('/v1/payment_intents/:id/confirm', confirmPaymentIntent, true),
  'payment_intents.capture': post('/v1/payment_intents/:id/capture', capturePaymentIntent),
  'payment_intents.cancel': post('/v1/payment_intents/:id/cancel', cancelPaymentIntent),
  'refunds.create': post('/v1/refunds', createRefund),
  'refunds.list': get('/v1/refunds', listRefunds),
  'refunds.retrieve': get('/v1/refunds/:id', retrieveRefund),
  'charges.retrieve': get('/v1/charges/:id', retrieveCharge),
  'events.list': get('/v1/events', listEvents),
  'events.retrieve': get('/v1/events/:id', retrieveEvent),
} as const satisfies Operations<StripeHandler>;
