import { orderResource } from './resources.js';
import type { PayPalOrder } from './state.js';
import type { PayPalWorld } from './world.js';

/** PayPal's times are whole seconds: what the payer does next is told as later than what it follows. */
const RECONSIDER_MS = 1000;

/** The payer is sent to the approval page; who refuses there may come again. */
export function expectPayer(world: PayPalWorld, order: PayPalOrder, thinksMs = 0): void {
  world.customer.expect({
    provider: 'paypal',
    id: order.id,
    returnUrl: order.returnUrl,
    thinksMs,
    act: ({ decline }) => {
      if (decline !== undefined) return true;
      approve(world, order);
      return false;
    },
  });
}

/** Declined, the payer may approve the order anew, with another way of paying. */
export function expectPayerAgain(world: PayPalWorld, order: PayPalOrder): void {
  expectPayer(world, order, RECONSIDER_MS);
}

function approve(world: PayPalWorld, order: PayPalOrder): void {
  order.status = 'APPROVED';
  order.updatedMs = world.clock.now();
  world.publish('CHECKOUT.ORDER.APPROVED', 'order', orderResource(order, world));
}
