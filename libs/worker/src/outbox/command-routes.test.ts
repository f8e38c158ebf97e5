import { describe, expect, test } from '@jest/globals';
import { TOPICS } from '@payments/contracts';
import { COMMAND_OUTCOMES_TOPIC, gatewayCommandsTopic, INTENT_EVENTS_TOPIC } from '@payments/persistence';
import { commandOutcomesRoute, gatewayCommandsRoute } from './command-routes.js';
import { PayloadError } from './outbox-route.js';
import { outboxRoutes } from './outbox-routes.js';

const outcome = {
  commandId: 'c-1',
  type: 'refund',
  intentId: 'intent-1',
  outcome: 'REJECTED',
  code: 'AMOUNT_EXCEEDS_CAPTURED',
  detail: 'at most 5',
  intentVersion: 3,
  decidedAt: 1_764_000_000_000,
  idReusedAt: null,
};
const call = {
  commandId: 'c-1',
  operation: 'refund',
  gatewayProvider: 'stripe',
  intentId: 'intent-1',
  paymentIntentId: 'row-1',
  leg: 1,
  amount: 1999,
  currency: 'USD',
  issuedAt: 1_764_000_000_000,
  notAfter: null,
};

describe.each([
  ['an outcome', commandOutcomesRoute(), outcome],
  ['a call', gatewayCommandsRoute(TOPICS.stripeCommands), call],
])('%s', (_what, route, whole) => {
  const toValue = (over: object, key = 'intent-1') =>
    route.toValue({ payload: { ...whole, ...over }, version: 3n, key });

  test('is converted completely; amounts are texts in the payload', () => {
    expect(toValue({})).toEqual(whole);
    if ('amount' in whole) expect(toValue({ amount: '1999' })).toEqual(whole);
  });

  test('may lack its optional fields', () => {
    const absent = 'code' in whole ? { code: null, detail: null, intentVersion: null } : { amount: null };
    expect(toValue(absent)).toEqual({ ...whole, ...absent });
  });

  test('is refused for a wrong field, named in the error, and for the key of another intent', () => {
    expect(() => toValue({ commandId: undefined })).toThrow(new PayloadError('commandId is no text'));
    expect(() => toValue({}, 'intent-2')).toThrow(new PayloadError("intentId is not the row's key"));
  });
});

test('every topic that rows are written for has its route', () => {
  const written = [
    INTENT_EVENTS_TOPIC,
    COMMAND_OUTCOMES_TOPIC,
    ...(['stripe', 'paypal', 'razorpay'] as const).map(gatewayCommandsTopic),
  ];
  expect(outboxRoutes().map(({ spec }) => spec.name)).toEqual(written);
});
