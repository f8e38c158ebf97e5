import { expect, test } from '@jest/globals';
import type { GatewayPayment } from './gateway-payments.js';
import { gatewayStories } from './gateway-stories.js';
import type { TimelineEntry } from './payments-api.js';
import { gatewayContradictions, gatewayTables } from './timeline-table.js';

const [charged] = gatewayStories();
if (charged === undefined) throw new Error('there is no story');
const { end } = charged;

const call: TimelineEntry = {
  at: '2026-03-01T12:00:00.020Z',
  kind: 'gateway_attempt',
  operation: 'confirm',
  state: 'SUCCEEDED',
  gatewayProvider: 'stripe',
  sends: 1,
  errorCode: null,
  unknownSince: null,
  finishedAt: '2026-03-01T12:00:00.070Z',
};
const timeline: TimelineEntry[] = [
  { at: '2026-03-01T12:00:00.000Z', kind: 'command', type: 'create', outcome: 'DONE', code: null },
  call,
  {
    at: '2026-03-01T12:00:00.080Z',
    kind: 'transaction',
    type: 'PAYMENT',
    status: 'SUCCEEDED',
    amount: 12_000,
    currency: 'EUR',
    gatewayProvider: 'stripe',
  },
];

function payment(over: Partial<GatewayPayment> = {}): GatewayPayment {
  return { story: charged as GatewayPayment['story'], found: end, timeline, failure: null, ...over };
}

test('a timeline shows milliseconds from its beginning, with the result of each entry', () => {
  const shown = gatewayTables([payment()]);
  expect(shown).toMatch(/ 0 +command +create +DONE\n/);
  expect(shown).toMatch(/ 20 +call +confirm +stripe +SUCCEEDED after 50 ms\n/);
  expect(shown).toMatch(/ 80 +money +PAYMENT 120\.00 EUR +stripe +SUCCEEDED\n/);
  expect(shown).toContain("In the end SUCCEEDED; by the gateways' books 1 charge at stripe, 0 refunds.");
});

test('a call shows whether its outcome was unknown, and how often it was sent', () => {
  const found: TimelineEntry = { ...call, sends: 2, unknownSince: '2026-03-01T12:00:00.030Z' };
  expect(gatewayTables([payment({ timeline: [found] })])).toContain(
    'SUCCEEDED after 50 ms, sent 2 times, its outcome was unknown',
  );
});

test('of two calls that were requested at the same time, the one that ended first comes first', () => {
  const create: TimelineEntry = { ...call, operation: 'create', finishedAt: '2026-03-01T12:00:00.030Z' };
  const never: TimelineEntry = { ...call, operation: 'cancel', sends: 0 };
  const shown = gatewayTables([payment({ timeline: [call, create, never] })]);
  expect(shown).toMatch(/create[^\n]*after 10 ms\n[^\n]*confirm[^\n]*\n[^\n]*cancel[^\n]*never sent\n/);
});

test('a payment with the expected end is no contradiction', () => {
  expect(gatewayContradictions([payment()])).toEqual([]);
});

test.each<[string, Partial<GatewayPayment>, string]>([
  ['a second charge', { found: { ...end, charges: 2 } }, 'charges is 2 in place of 1'],
  ['another gateway', { found: { ...end, paidAt: 'paypal' } }, 'paidAt is paypal in place of stripe'],
  ['another status', { found: { ...end, status: 'FAILED' } }, 'status is FAILED in place of SUCCEEDED'],
  [
    'an outcome that was unknown without a reason',
    { timeline: [{ ...call, unknownSince: '2026-03-01T12:00:00.030Z' }] },
    'the outcome of a call was unknown',
  ],
  ['a demo that failed', { failure: 'no answer' }, 'no answer'],
])('%s does not', (_what, over, complaint) => {
  expect(gatewayContradictions([payment(over)])).toEqual([expect.stringContaining(complaint)]);
});
