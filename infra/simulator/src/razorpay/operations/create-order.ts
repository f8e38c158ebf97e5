import { isCurrency } from '@payments/domain';
import type { JsonFields } from '../../api/json-fields.js';
import { razorpayId } from '../../gateway-ids.js';
import { orderEntity } from '../entities.js';
import { badRequest } from '../errors.js';
import { pay } from '../paying.js';
import type { RazorpayOrder } from '../state.js';
import type { RazorpayHandler, RazorpayRequest, RazorpayWorld } from '../world.js';

/** One rupee. */
const AMOUNT_MIN = 100;
const AMOUNT_MAX = 50_000_000_000;
const NOTES = { keysMax: 15, valueMax: 256 } as const;
const FIELDS = [
  'amount',
  'currency',
  'receipt',
  'notes',
  'partial_payment',
  'first_payment_min_amount',
  'payment_capture',
  'payment',
  'customer_details',
  'method',
  'token',
];

/** @see https://razorpay.com/docs/api/orders/create/ */
export const createOrder: RazorpayHandler = (request, world) => {
  const order = newOrder(request, world);
  world.state.orders.add(order);
  world.customer.expect({
    provider: 'razorpay',
    id: order.id,
    returnUrl: undefined,
    act: (act) => pay(world, order, act),
  });
  return orderEntity(order);
};

function newOrder({ body, keySecret }: RazorpayRequest, { clock }: RazorpayWorld): RazorpayOrder {
  body.only(...FIELDS);
  if (body.boolean('partial_payment') === true) {
    throw badRequest('The simulator has no partial payments of an order.', 'partial_payment');
  }
  const currency = body.requiredText('currency', { max: 3 });
  if (!isCurrency(currency)) throw badRequest('Currency is not supported', 'currency');
  return {
    id: razorpayId('order'),
    createdS: clock.seconds(),
    amount: amountOf(body, currency),
    currency,
    receipt: body.text('receipt', { max: 40 }) ?? null,
    notes: body.texts('notes', NOTES),
    isCapturedAtOnce: isCapturedAtOnce(body),
    keySecret,
    status: 'created',
    payments: [],
  };
}

function amountOf(body: JsonFields, currency: string): number {
  const amount = body.requiredInteger('amount', { min: 1, max: AMOUNT_MAX });
  if (currency !== 'INR' || amount >= AMOUNT_MIN) return amount;
  throw badRequest('Order amount less than minimum amount allowed', 'amount');
}

/** The older flag or the newer object; by default it is left to us. */
function isCapturedAtOnce(body: JsonFields): boolean {
  const setting = body.object('payment')?.oneOf('capture', ['automatic', 'manual']);
  if (setting !== undefined) return setting === 'automatic';
  try {
    return body.boolean('payment_capture') ?? false;
  } catch {
    return body.integer('payment_capture', { min: 0, max: 1 }) === 1;
  }
}
