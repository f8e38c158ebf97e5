import type { JsonFields } from '../../api/json-fields.js';
import { paypalId } from '../../gateway-ids.js';
import { readAmount } from '../amounts.js';
import { unprocessable } from '../errors.js';
import { expectPayer } from '../payer.js';
import { minimal, orderResource } from '../resources.js';
import type { PayPalOrder } from '../state.js';
import type { PayPalHandler, PayPalWorld } from '../world.js';

const CUSTOM_ID_MAX = 255;
const INVOICE_ID_MAX = 127;

/** Of one purchase unit. @see https://developer.paypal.com/docs/api/orders/v2/#orders_create */
export const createOrder: PayPalHandler = ({ body, wantsAll }, world) => {
  const order = newOrder(body, world);
  world.state.orders.add(order);
  expectPayer(world, order);
  const resource = orderResource(order, world);
  return { status: order.hasPaymentSource ? 200 : 201, body: wantsAll ? resource : minimal(resource) };
};

function newOrder(body: JsonFields, { clock }: PayPalWorld): PayPalOrder {
  const intent = body.requiredOneOf('intent', ['CAPTURE', 'AUTHORIZE']);
  const units = body.list('purchase_units') ?? [];
  const [unit] = units;
  if (unit === undefined) throw body.problem('purchase_units', 'missing', 'purchase_units has at least one');
  if (units.length > 1) {
    throw unprocessable(
      'NOT_SUPPORTED',
      'The simulator takes one purchase unit an order.',
      '/purchase_units',
    );
  }
  const source = body.object('payment_source')?.object('paypal');
  const context = source?.object('experience_context') ?? body.object('application_context');
  const now = clock.now();
  return {
    id: paypalId(),
    createdMs: now,
    updatedMs: now,
    intent,
    ...readAmount(unit.requiredObject('amount'), '/purchase_units/0/amount'),
    referenceId: unit.text('reference_id', { max: 256 }) ?? 'default',
    description: unit.text('description', { max: 127 }),
    customId: unit.text('custom_id', { max: CUSTOM_ID_MAX }),
    invoiceId: unit.text('invoice_id', { max: INVOICE_ID_MAX }),
    returnUrl: context?.text('return_url'),
    hasPaymentSource: source !== undefined,
    status: source === undefined ? 'CREATED' : 'PAYER_ACTION_REQUIRED',
    authorizations: [],
    captures: [],
    refunds: [],
  };
}
