import { GATEWAY_PROVIDERS } from '@payments/domain';
import type { ControlHandler } from './control-request.js';

/** Where webhooks go, how disorderly they are sent, and what became of each event; `?provider=` for one gateway. */
export const readWebhooks: ControlHandler = ({ query }, { webhooks }) => {
  const provider = query.get('provider');
  return {
    targets: Object.fromEntries(
      GATEWAY_PROVIDERS.map((name) => [
        name,
        { url: webhooks.targetOf(name)?.url ?? null, isDisabled: webhooks.isDisabled(name) },
      ]),
    ),
    disorder: webhooks.disorder,
    events: webhooks.records().filter((record) => provider === null || record.provider === provider),
  };
};
