import { stripeId } from '../../gateway-ids.js';
import { confirm } from '../charging.js';
import { invalidParameter, missingParameter } from '../errors.js';
import { paymentIntentObject } from '../objects.js';
import type { StripeParams } from '../params.js';
import { paymentMethod } from '../payment-methods.js';
import type { StripePayment } from '../state.js';
import type { StripeHandler, StripeWorld } from '../world.js';

const PARAMETERS = [
  'amount',
  'currency',
  'automatic_payment_methods',
  'capture_method',
  'confirm',
  'confirmation_method',
  'customer',
  'description',
  'metadata',
  'off_session',
  'payment_method',
  'payment_method_options',
  'payment_method_types',
  'receipt_email',
  'return_url',
  'setup_future_usage',
  'shipping',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_group',
  'use_stripe_sdk',
];

/** @see https://docs.stripe.com/api/payment_intents/create */
export const createPaymentIntent: StripeHandler = ({ params, decline }, world) => {
  params.only(...PARAMETERS);
  const isConfirmed = params.boolean('confirm') ?? false;
  const payment = newPayment(params, world);
  if (isConfirmed && payment.paymentMethod === undefined) throw missingParameter('payment_method');
  if (!isConfirmed && params.has('return_url')) {
    throw invalidParameter('return_url', 'return_url is only allowed with confirm=true');
  }
  world.state.payments.add(payment);
  world.publish('payment_intent.created', paymentIntentObject(payment, world.links));
  if (isConfirmed) confirm(world, payment, decline);
  return paymentIntentObject(payment, world.links);
};

function newPayment(params: StripeParams, { clock }: StripeWorld): StripePayment {
  const amount = params.amount('amount');
  if (amount === undefined) throw missingParameter('amount');
  const method = params.text('payment_method');
  if (method !== undefined) paymentMethod(method);
  const captureMethod = params.oneOf('capture_method', ['automatic', 'automatic_async', 'manual']);
  return {
    id: stripeId('pi'),
    created: clock.seconds(),
    createdMs: clock.now(),
    amount,
    currency: params.currency(),
    captureMethod: captureMethod === 'manual' ? 'manual' : 'automatic',
    metadata: params.metadata() ?? {},
    description: params.text('description') ?? null,
    customer: params.text('customer') ?? null,
    status: method === undefined ? 'requires_payment_method' : 'requires_confirmation',
    paymentMethod: method,
    returnUrl: params.text('return_url'),
    lastDecline: undefined,
    canceledAt: undefined,
    cancellationReason: undefined,
    charges: [],
    refunds: [],
  };
}
