import { isGatewayProvider } from '@payments/domain';
import { type ControlHandler, refused } from './control-request.js';

/** Has the customer of an order or payment intent act at once: agree, or refuse with a reason. */
export const actAsCustomer: ControlHandler = ({ path, body }, { customer }) => {
  const { provider = '', id = '' } = path;
  body.only('act', 'declineCode');
  const act = body.requiredOneOf('act', ['agree', 'refuse']);
  const decline = act === 'refuse' ? (body.text('declineCode', { max: 64 }) ?? '') : undefined;
  if (!isGatewayProvider(provider) || !customer.act(provider, id, { decline })) {
    throw refused(404, `nobody waits for the customer of ${provider} ${id}`);
  }
  return { done: true };
};
