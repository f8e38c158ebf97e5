import type { GatewayProvider } from '@payments/domain';
import { withFreshId } from '@payments/simulator';
import { type GatewaySecrets, nthWebhook, sign } from '../signed-webhooks.js';

/** One HTTP request of the demo, with the expected status of its answer. */
export interface DemoRequest {
  /** Its description in the table. */
  readonly what: string;
  readonly path: string;
  readonly body: Buffer;
  readonly headers: () => Record<string, string>;
  readonly status: number;
  /** What is stored if it is accepted; undefined if the body is not readable. */
  readonly webhook?: {
    readonly webhookId: string;
    readonly provider: GatewayProvider;
    readonly eventType: string;
  };
}

/** Every tenth webhook is delivered again later, as gateways do if they get no answer. */
const AGAIN_EVERY = 10;
const AGAIN_AFTER = 40;
/** One webhook is delivered this many times at once. */
const COPIES_AT_ONCE = 100;

/** All requests of one run, in the order of sending. Ids are different in every run. */
export function demoRequests(count: number, secrets: GatewaySecrets): DemoRequest[] {
  const requests: DemoRequest[] = [];
  const again: DemoRequest[] = [];
  for (let n = 0; n < count; n += 1) {
    const request = authentic(n, secrets);
    requests.push(request);
    if (n % AGAIN_EVERY === 0) again.push({ ...request, what: 'delivered again' });
    if (n >= AGAIN_AFTER && n % AGAIN_EVERY === 0) requests.push(...again.splice(0, 1));
  }
  const stormed = { ...authentic(0, secrets), what: `one webhook, ${COPIES_AT_ONCE} times at once` };
  const storm = Array.from({ length: COPIES_AT_ONCE }, () => stormed);
  const middle = Math.floor(requests.length / 2);
  return [...requests.slice(0, middle), ...storm, ...refused(secrets), ...requests.slice(middle), ...again];
}

function authentic(n: number, secrets: GatewaySecrets): DemoRequest {
  const webhook = nthWebhook(n);
  const { provider, body } = webhook;
  return {
    what: 'signed webhooks',
    path: `/webhooks/${provider}`,
    body,
    // Signed when sent, because signatures expire.
    headers: () => sign(provider, body, secrets),
    status: 200,
    webhook,
  };
}

/** Some requests of each kind that the ingress must refuse. */
function refused(secrets: GatewaySecrets): DemoRequest[] {
  return Array.from({ length: 5 }, (_, n) => refusedKinds(n, secrets)).flat();
}

function refusedKinds(n: number, secrets: GatewaySecrets): DemoRequest[] {
  const webhook = nthWebhook(n);
  const { provider, body } = webhook;
  const other = withFreshId(provider, body);
  const large = Buffer.alloc(1024 * 1024 + 1, ' ');
  const garbled = body.subarray(0, body.length - 2);
  const path = `/webhooks/${provider}`;
  const signed = (bytes: Buffer) => () => sign(provider, bytes, secrets);
  return [
    { what: 'changed after signing', path, body: other, headers: signed(body), status: 401 },
    { what: 'without signature', path, body, headers: () => ({}), status: 401, webhook },
    { what: 'signed, but no JSON', path, body: garbled, headers: signed(garbled), status: 400 },
    {
      what: 'from an unknown gateway',
      path: '/webhooks/adyen',
      body,
      headers: signed(body),
      status: 404,
      webhook,
    },
    { what: 'larger than 1 MiB', path, body: large, headers: signed(large), status: 413 },
  ];
}
