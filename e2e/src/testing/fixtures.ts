import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GATEWAY_PROVIDERS, type GatewayProvider } from '@payments/domain';

const FOLDER = fileURLToPath(new URL('../../../../shared/fixtures', import.meta.url));

export interface Fixture {
  readonly provider: GatewayProvider;
  readonly name: string;
  readonly body: Buffer;
  /** From the body, read without any code of the pipeline. */
  readonly eventType: string;
}

/** Recorded webhook bodies, which are beside the checkout; empty if they are absent. */
export function readFixtures(): Fixture[] {
  if (!existsSync(FOLDER)) return [];
  return GATEWAY_PROVIDERS.flatMap((provider) =>
    readdirSync(`${FOLDER}/${provider}`)
      .filter((name) => name.endsWith('.json'))
      .map((name) => {
        const body = readFileSync(`${FOLDER}/${provider}/${name}`);
        return { provider, name, body, eventType: eventTypeOf(provider, body) };
      }),
  );
}

function eventTypeOf(provider: GatewayProvider, body: Buffer): string {
  const field = { stripe: 'type', paypal: 'event_type', razorpay: 'event' }[provider];
  const event = JSON.parse(body.toString('utf8')) as Record<string, string>;
  return event[field] ?? '';
}
