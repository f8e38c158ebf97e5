import { expect, test } from '@jest/globals';
import { eventPayload } from '../testing/outbox-payload.js';
import { intentEventsRoute } from './intent-events-route.js';
import { PayloadError } from './outbox-route.js';

const route = intentEventsRoute();
const rowOf = (payload: unknown) => ({ payload, version: 3n, key: 'intent-1' });
const toValue = (over: object) => route.toValue(rowOf(eventPayload('intent-1', 3, over)));

test('an event of the domain is converted completely', () => {
  const failure = { code: 'card_declined', message: null };
  const nextAction = { type: 'redirect', url: 'https://bank.example' };
  const commandId = '0b0e1b52-7d3c-4c65-8f0e-111111111111';
  expect(toValue({ lastError: failure, nextAction, alerts: ['DUPLICATE_CHARGE'], commandId })).toEqual({
    type: 'captured',
    version: 3,
    intentId: 'intent-1',
    orderId: 'order-1',
    customerId: 'customer-1',
    status: 'SUCCEEDED',
    previousStatus: 'PROCESSING',
    amount: 1999,
    currency: 'USD',
    amountAuthorized: 0,
    amountCaptured: 1999,
    amountRefunded: 0,
    amountRefundPending: 0,
    amountDisputed: 0,
    currentLeg: 1,
    occurredAt: 1_764_000_000_123,
    lastError: failure,
    transaction: {
      provider: 'stripe',
      type: 'PAYMENT',
      objectId: 'pi_1',
      leg: 1,
      status: 'SUCCEEDED',
      amount: 1999,
      currency: 'USD',
      occurredAt: 1_764_000_000_123,
      reference: 'ch_1',
      failure: null,
    },
    nextAction: JSON.stringify(nextAction),
    alerts: ['DUPLICATE_CHARGE'],
    commandId,
  });
});

test('missing optional fields are null, and so is the command of an event stored by an earlier release', () => {
  expect(
    toValue({ transaction: null, lastError: null, nextAction: null, commandId: undefined }),
  ).toMatchObject({
    transaction: null,
    lastError: null,
    nextAction: null,
    commandId: null,
  });
});

test.each([
  ['amount is no integer', { amount: '19.99' }],
  ['amount is no integer', { amount: undefined }],
  ['amountCaptured is beyond 9007199254740990', { amountCaptured: '9007199254740991' }],
  ['amountCaptured is beyond 9007199254740990', { amountCaptured: '9007199254740993' }],
  ['currency is no text', { currency: null }],
  ['alerts is no list of texts', { alerts: [1] }],
  ['transaction.amount is no object', { transaction: { amount: '1999' } }],
  ['transaction is no object', { transaction: [] }],
  ['lastError.code is no text', { lastError: { message: 'x' } }],
  ["version is not the row's 3", { version: 4 }],
  ["intentId is not the row's key", { intentId: 'intent-2' }],
])('%s: such a payload is refused by name', (message, over) => {
  expect(() => toValue(over)).toThrow(new PayloadError(message));
});

test.each([null, 'text', [], 7])('a payload of %p is refused', (payload) => {
  expect(() => route.toValue(rowOf(payload))).toThrow(new PayloadError('the payload is no object'));
});
