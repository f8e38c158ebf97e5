import type { Fact, GatewayProvider } from '@payments/domain';
import { readWebhook } from '../read-webhook.js';
import { WebhookError } from '../webhook-error.js';

export function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** The only fact of an event, or undefined if it yields none; more than one fails the test. */
export function factOf(provider: GatewayProvider, event: object): Fact | undefined {
  const { facts } = readWebhook(provider, json(event));
  if (facts.length > 1) throw new Error(`${facts.length} facts where one was expected`);
  return facts[0];
}

/** Why an event cannot be read. */
export function reasonOf(provider: GatewayProvider, event: object): string {
  try {
    readWebhook(provider, json(event));
  } catch (error) {
    if (error instanceof WebhookError) return error.reason;
    throw error;
  }
  throw new Error('the event can be read');
}
