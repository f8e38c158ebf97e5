import type { FactName } from '@payments/domain';
import { PAYPAL_EVENTS } from './paypal/events.js';
import { PAYPAL_STATES } from './paypal/states.js';
import { RAZORPAY_EVENTS } from './razorpay/events.js';
import { RAZORPAY_STATES } from './razorpay/facts.js';
import { RAISES_MONEY } from './read-webhook.js';
import { STRIPE_EVENTS } from './stripe/events.js';
import { STRIPE_STATES } from './stripe/facts.js';
import type { EventRow } from './webhook.js';

type States = Readonly<Record<string, Readonly<Record<string, FactName | null>>>>;
type Events = Readonly<Record<string, EventRow<string>>>;

/** `docs/events.md`, written from the tables in code: `npm run docs:events -w libs/gateways`. */
export function eventsDocument(): string {
  const parts = [
    '# Gateway events',
    '<!-- Generated from libs/gateways by `npm run docs:events -w libs/gateways`. Do not edit. -->',
    'An event’s type says which entity to look at, and the entity’s own status says what happened: a `payment.authorized` whose payment is already captured is a capture. Facts and what they do to a payment: [states.md](states.md). A type that is not listed is recorded as IGNORED; a status that is not listed makes the webhook unreadable, so that nothing is guessed and it can be replayed once the table knows it.',
    'The effect is what the event’s name announces, and is the label in metrics. Where a state alone is ambiguous, a comma and the distinguishing detail follow it.',
    'A fact marked ↑ makes the ledger show more money held or less owed (`raisesMoney`).',
    ...provider('Stripe', STRIPE_EVENTS, STRIPE_STATES),
    ...provider('PayPal', PAYPAL_EVENTS, PAYPAL_STATES),
    ...provider('Razorpay', RAZORPAY_EVENTS, RAZORPAY_STATES),
  ];
  return `${parts.join('\n\n')}\n`;
}

function provider(name: string, events: Events, states: States): string[] {
  return [
    `## ${name}`,
    table(
      ['event', 'effect', 'facts'],
      Object.entries(events).map(([type, { effect, entity }]) => [
        `\`${type}\``,
        effect,
        entity === null ? 'none: it only announces' : `by the ${entity}`,
      ]),
    ),
    ...Object.entries(states).flatMap(([entity, meanings]) => [
      `### By the ${entity}`,
      table(
        ['its state', 'fact'],
        Object.entries(meanings).map(([state, fact]) => [`\`${state}\``, factCell(fact)]),
      ),
    ]),
  ];
}

function factCell(fact: FactName | null): string {
  if (fact === null) return 'none';
  return RAISES_MONEY.has(fact) ? `${fact} ↑` : fact;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
