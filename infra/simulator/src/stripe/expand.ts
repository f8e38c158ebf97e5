import { chargeObject, type ObjectLinks, paymentIntentObject } from './objects.js';
import type { StripeState } from './state.js';

/** Puts whole objects in the place of ids that `expand[]` names; others stay as they are. */
export function expand(
  object: object,
  fields: readonly string[],
  state: StripeState,
  links: ObjectLinks,
): object {
  const wanted = new Map(fields.map((field) => [field.replace(/^data\./, ''), field.startsWith('data.')]));
  if (wanted.size === 0) return object;
  const whole = (one: object, inList: boolean): object =>
    Object.fromEntries(
      Object.entries(one).map(([name, value]) => {
        const isWanted = wanted.get(name) === inList && typeof value === 'string';
        return [name, isWanted ? (objectOf(name, value, state, links) ?? value) : value];
      }),
    );
  if ('data' in object && Array.isArray(object.data)) {
    return { ...object, data: object.data.map((one: object) => whole(one, true)) };
  }
  return whole(object, false);
}

function objectOf(field: string, id: string, state: StripeState, links: ObjectLinks): object | undefined {
  if (field === 'payment_intent') {
    const payment = state.payments.get(id);
    return payment && paymentIntentObject(payment, links);
  }
  if (field !== 'latest_charge' && field !== 'charge') return undefined;
  const payment = state.payments.ownerOf(id);
  const charge = payment?.charges.find((one) => one.id === id);
  return payment && charge && chargeObject(payment, charge);
}
