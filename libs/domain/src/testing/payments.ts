import { type Fact, type FactOnLeg, onLeg } from '../facts.js';
import type { GatewayProvider } from '../gateway-provider.js';
import { asIntentRowId, intentIdOf, uuidv7 } from '../ids.js';
import type { Money } from '../money.js';
import { type Intent, type Leg, newPayment, type Payment } from '../payment.js';

/** Money as most tests have it: 19.99 USD. */
export const PRICE: Money = { amountMinor: 1999n, currency: 'USD' };

export function usd(amountMinor: number | bigint): Money {
  return { amountMinor: BigInt(amountMinor), currency: 'USD' };
}

const ROW_ID = asIntentRowId(uuidv7(1_764_000_000_000));

/** A payment of 19.99 USD at Stripe with as many legs as named, in any status. */
export function paymentWith(
  intent: Partial<Intent> = {},
  providers: readonly GatewayProvider[] = ['stripe'],
): Payment {
  const payment = newPayment({
    id: ROW_ID,
    intentId: intentIdOf('order-42', 'stripe'),
    orderId: 'order-42',
    customerId: 'cust-7',
    provider: 'stripe',
    amount: PRICE,
    captureMethod: 'automatic',
  });
  const legs = providers.map(
    (provider, index): Leg => ({
      leg: index + 1,
      provider,
      gatewayObjectId: null,
      hasToken: false,
      lastStatusFact: null,
    }),
  );
  return { ...payment, intent: { ...payment.intent, ...intent }, legs };
}

type Without<Kind, Keys extends PropertyKey> = Kind extends unknown ? Omit<Kind, Keys> : never;

type Said = Without<Fact, 'provider' | 'objectId' | 'relatedIds' | 'occurredAt' | 'parentId'> &
  Partial<Pick<FactOnLeg, 'provider' | 'objectId' | 'occurredAt' | 'leg'>> & {
    /** Undefined: it does not say. */
    readonly parentId?: string | undefined;
  };

/**
 * A fact with the parts that a test does not speak of filled in: leg 1 at Stripe, at second 100, about the object
 * that the leg was opened for.
 */
export function fact(said: Said): FactOnLeg {
  const { leg = 1, parentId, ...rest } = said;
  const complete = { provider: 'stripe', objectId: 'pi_1', relatedIds: [], occurredAt: 100_000, ...rest };
  const isOfPayment = said.kind !== 'refund' && said.kind !== 'dispute';
  const parent = 'parentId' in said || !isOfPayment ? parentId : complete.objectId;
  return onLeg({ ...complete, ...(parent !== undefined && { parentId: parent }) } as Fact, leg);
}
