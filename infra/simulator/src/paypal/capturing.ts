import { paypalId } from '../gateway-ids.js';
import { unprocessable } from './errors.js';
import { expectPayerAgain } from './payer.js';
import { captureResource } from './resources.js';
import type { PayPalCapture, PayPalOrder } from './state.js';
import type { PayPalWorld } from './world.js';

/** The default issue where the payer's money is refused. */
const DECLINED = 'INSTRUMENT_DECLINED';

/** An order of a test that asks for it gives captures that are decided later. */
export const PENDING = 'PENDING_REVIEW';

/** @throws Refusal 422 if the money is refused */
export function refuseIfDeclined(decline: string | undefined, links: readonly object[] = []): void {
  if (decline === undefined || decline === PENDING) return;
  const issue = decline === '' ? DECLINED : decline;
  const description = 'The instrument presented was either declined by the processor or bank.';
  throw unprocessable(issue, description, undefined, links);
}

/**
 * As `refuseIfDeclined`, for an order that is not paid yet: its payer is sent to choose another way of paying.
 * @see https://developer.paypal.com/docs/checkout/standard/customize/handle-funding-failures/
 */
export function refuseOrderIfDeclined(
  world: PayPalWorld,
  order: PayPalOrder,
  decline: string | undefined,
): void {
  try {
    refuseIfDeclined(decline, [{ href: world.approvalUrl(order.id), rel: 'redirect', method: 'GET' }]);
  } catch (refusal) {
    expectPayerAgain(world, order);
    throw refusal;
  }
}

/** Takes money, of the order or of an authorization of it; pending first if that was asked for. */
export function capture(
  world: PayPalWorld,
  order: PayPalOrder,
  wanted: Pick<PayPalCapture, 'amount' | 'isFinal' | 'authorizationId' | 'invoiceId'>,
  decline: string | undefined,
): PayPalCapture {
  const now = world.clock.now();
  const made: PayPalCapture = {
    ...wanted,
    id: paypalId(),
    createdMs: now,
    updatedMs: now,
    status: decline === PENDING ? 'PENDING' : 'COMPLETED',
  };
  world.state.addCapture(order, made);
  order.updatedMs = now;
  publish(world, order, made);
  if (made.status === 'PENDING') {
    world.clock.schedule(world.settings.settlementDelayMs, () => {
      made.status = 'COMPLETED';
      made.updatedMs = world.clock.now();
      publish(world, order, made);
    });
  }
  return made;
}

function publish(world: PayPalWorld, order: PayPalOrder, made: PayPalCapture): void {
  world.publish(`PAYMENT.CAPTURE.${made.status}`, 'capture', captureResource(order, made));
}
