import { isGatewayProvider } from '@payments/domain';
import { paypalTarget, razorpayTarget, stripeTarget } from '../delivery/webhook-targets.js';
import type { Simulator } from '../simulator.js';
import { type ControlHandler, type ControlRequest, refused } from './control-request.js';
import { readWebhooks } from './read-webhooks.js';

/** Where a gateway's webhooks go, and what they are signed with; without a URL they go nowhere. */
export const setTarget: ControlHandler = (request, simulator) => {
  const provider = request.path.provider ?? '';
  if (!isGatewayProvider(provider)) throw refused(404, `there is no gateway ${provider}`);
  simulator.webhooks.setTarget(provider, readTarget(provider, request, simulator));
  return readWebhooks(request, simulator);
};

function readTarget(
  provider: 'stripe' | 'paypal' | 'razorpay',
  { body }: ControlRequest,
  { paypalSigner }: Simulator,
) {
  body.only('url', provider === 'paypal' ? 'webhookId' : 'secret');
  const url = body.text('url');
  if (url === undefined) return undefined;
  if (!/^https?:/.test(url) || !URL.canParse(url)) {
    throw body.problem('url', 'invalid', 'url is one of http:// or https://');
  }
  if (provider === 'stripe') return stripeTarget(url, body.requiredText('secret'));
  if (provider === 'razorpay') return razorpayTarget(url, body.requiredText('secret'));
  if (paypalSigner === undefined)
    throw refused(409, 'this simulator has no certificate to sign for PayPal with');
  return paypalTarget(url, body.requiredText('webhookId'), paypalSigner);
}
