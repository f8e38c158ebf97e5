import { currencyExponent, decimalOf } from '@payments/domain';
import type { GatewayPayment } from './gateway-payments.js';
import type { StoryEnd } from './gateway-stories.js';
import type { TimelineEntry } from './payments-api.js';
import { table } from './table.js';

const HEAD = ['ms', 'what', 'of', 'at', 'became'];

/** The payments, each with its timeline and its end. */
export function gatewayTables(payments: readonly GatewayPayment[]): string {
  return `Payments at gateways, by command over HTTP. A gateway is called once for each thing that is asked for; a call of
which no answer came is looked for before anything else is tried. The timelines are those of the query service, "ms"
from the first command on; the gateways' own books have the last word.

${payments.map(paymentTable).join('\n\n')}`;
}

function paymentTable({ story, found, timeline, failure }: GatewayPayment): string {
  if (failure !== null) return `${story.title}\n  ${failure}`;
  const began = Math.min(...timeline.map(({ at }) => Date.parse(at)));
  const lines = timeline.toSorted(byTime).map((entry) => [Date.parse(entry.at) - began, ...lineOf(entry)]);
  return `${story.title}\n${table(HEAD, lines)}\n  ${endOf(found)}`;
}

/** By time; entries of the same time by their end. */
function byTime(one: TimelineEntry, other: TimelineEntry): number {
  return Date.parse(one.at) - Date.parse(other.at) || endIn(one) - endIn(other);
}

function endIn(entry: TimelineEntry): number {
  return Date.parse((entry.kind === 'gateway_attempt' && entry.finishedAt) || entry.at);
}

function lineOf(entry: TimelineEntry): [what: string, of: string, at: string, became: string] {
  switch (entry.kind) {
    case 'command':
      return ['command', entry.type, '', entry.code ?? entry.outcome];
    case 'gateway_attempt':
      return ['call', entry.operation, entry.gatewayProvider, callIn(entry)];
    case 'transaction':
      return ['money', `${entry.type} ${decimal(entry)}`, entry.gatewayProvider, entry.status];
    case 'webhook':
      return ['webhook', entry.eventType, entry.gatewayProvider, entry.status];
  }
}

function callIn(entry: Extract<TimelineEntry, { kind: 'gateway_attempt' }>): string {
  const { state, sends, errorCode, unknownSince, finishedAt, at } = entry;
  const took = finishedAt === null ? 'open' : `after ${Date.parse(finishedAt) - Date.parse(at)} ms`;
  return [
    `${state} ${took}`,
    ...(sends === 0 ? ['never sent'] : sends === 1 ? [] : [`sent ${sends} times`]),
    ...(unknownSince === null ? [] : ['its outcome was unknown']),
    ...(errorCode === null ? [] : [errorCode]),
  ].join(', ');
}

function decimal({ amount, currency }: { readonly amount: number; readonly currency: string }): string {
  return `${decimalOf(BigInt(amount), currencyExponent(currency))} ${currency}`;
}

function endOf({ status, charges, refunds, paidAt }: StoryEnd): string {
  const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
  const where = paidAt === null ? '' : ` at ${paidAt}`;
  return `In the end ${status}; by the gateways' books ${counted(charges, 'charge')}${where}, ${counted(refunds, 'refund')}.`;
}

/** The results that differ from the expected ones. */
export function gatewayContradictions(payments: readonly GatewayPayment[]): string[] {
  return payments.flatMap(({ story, found, timeline, failure }) => {
    if (failure !== null) return [`${story.title}: ${failure}`];
    const { end } = story;
    const differing = (Object.keys(end) as (keyof StoryEnd)[])
      .filter((field) => found[field] !== end[field])
      .map((field) => `${story.title}: ${field} is ${found[field]} in place of ${end[field]}`);
    const wasUnknown = timeline.some(
      (entry) => entry.kind === 'gateway_attempt' && entry.unknownSince !== null,
    );
    return wasUnknown === story.isUnknownMeanwhile
      ? differing
      : [...differing, `${story.title}: the outcome of a call was ${wasUnknown ? '' : 'never '}unknown`];
  });
}
