import { type Fact, type FactName, factName, type GatewayProvider } from '@payments/domain';
import { PAYPAL_EVENTS, type PayPalEntity, readPayPalEvent } from './paypal/events.js';
import { paypalFacts } from './paypal/facts.js';
import type { RazorpayEntity } from './razorpay/entities.js';
import { RAZORPAY_EVENTS, readRazorpayEvent } from './razorpay/events.js';
import { razorpayFacts, razorpayIntentId } from './razorpay/facts.js';
import { readStripeEvent, STRIPE_EVENTS, type StripeEntity } from './stripe/events.js';
import { stripeFacts, stripeIntentId } from './stripe/facts.js';
import type { EventRow, WebhookReading } from './webhook.js';

const READERS = {
  stripe: readerOf<StripeEntity, ReturnType<typeof readStripeEvent>>({
    events: STRIPE_EVENTS,
    read: readStripeEvent,
    intentId: stripeIntentId,
    facts: stripeFacts,
  }),
  paypal: readerOf<PayPalEntity, ReturnType<typeof readPayPalEvent>>({
    events: PAYPAL_EVENTS,
    read: readPayPalEvent,
    intentId: ({ intentId }) => intentId,
    facts: paypalFacts,
  }),
  razorpay: readerOf<RazorpayEntity, ReturnType<typeof readRazorpayEvent>>({
    events: RAZORPAY_EVENTS,
    read: readRazorpayEvent,
    intentId: razorpayIntentId,
    facts: razorpayFacts,
  }),
} as const satisfies Record<GatewayProvider, (body: Buffer) => WebhookReading>;

/**
 * Reads an authentic body: its type, payment-level key, time, object ids and facts. Does not check the signature.
 *
 * @throws WebhookError `unreadable`, naming the field. For a body that a verifier accepted, this happens only if its
 * type has an effect and a field that the effect needs (status, amount, currency, time) cannot be used: nothing is
 * guessed
 */
export function readWebhook(provider: GatewayProvider, body: Buffer): WebhookReading {
  return READERS[provider](body);
}

interface ReadEvent {
  readonly type: string;
  readonly key: string;
  readonly time: Date | null;
  readonly objectIds: readonly string[];
}

interface ProviderReader<Entity extends string, Event extends ReadEvent> {
  readonly events: Readonly<Record<string, EventRow<Entity>>>;
  readonly read: (body: Buffer) => Event;
  readonly intentId: (event: Event) => WebhookReading['intentId'];
  readonly facts: (event: Event, entity: Entity) => Fact[];
}

function readerOf<Entity extends string, Event extends ReadEvent>(provider: ProviderReader<Entity, Event>) {
  // A Map, because a lookup in a plain object would also find `constructor` and other inherited names.
  const rows = new Map<string, EventRow<Entity>>(Object.entries(provider.events));
  return (body: Buffer): WebhookReading => {
    const event = provider.read(body);
    const row = rows.get(event.type);
    const facts = row === undefined || row.entity === null ? [] : provider.facts(event, row.entity);
    return {
      eventType: event.type,
      key: event.key,
      eventTime: event.time,
      objectIds: event.objectIds,
      effect: row?.effect,
      facts,
      intentId: provider.intentId(event),
      raisesMoney: facts.some((fact) => RAISES_MONEY.has(factName(fact))),
    };
  };
}

/** The facts for which `WebhookReading.raisesMoney` is true. */
export const RAISES_MONEY: ReadonlySet<FactName> = new Set<FactName>([
  'authorized',
  'captured',
  'refund_failed',
  'refund_canceled',
  'dispute_won',
  'dispute_closed',
]);
