import { PAGE_PARAMETERS, pageOf } from '../page.js';
import type { StripeHandler } from '../world.js';

/** @see https://docs.stripe.com/api/events/list */
export const listEvents: StripeHandler = ({ params }, { state, isDelivered }) => {
  params.only(...PAGE_PARAMETERS, 'created', 'type', 'types', 'delivery_success');
  const isInRange = params.range('created');
  const type = params.text('type');
  const types = type === undefined ? params.list('types') : [type];
  const delivered = params.boolean('delivery_success');
  const events = [...state.events.values()]
    .filter((event) => types.length === 0 || types.includes(event.type))
    .filter((event) => isInRange(event.created))
    .filter((event) => delivered === undefined || isDelivered(event.id) === delivered)
    .reverse();
  return pageOf(params, '/v1/events', events, (event) => event);
};
