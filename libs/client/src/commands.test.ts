import { describe, expect, test } from '@jest/globals';
import { asIntentId, intentIdOf, UnknownCurrencyError } from '@payments/domain';
import {
  amountOrAll,
  CardNumberError,
  commandOf,
  confirmationOf,
  creationOf,
  type NewIntent,
} from './commands.js';

const ID = '018f4e9a-7c3b-7d10-8a55-0242ac120002';
const intent: NewIntent = {
  orderId: 'order-42',
  customerId: 'cust-7',
  gatewayProvider: 'stripe',
  amount: 1999,
  currency: 'USD',
};

test('a creation has the intent id of its order, provider and attempt, and defaults for the rest', () => {
  expect(creationOf({ ...intent, attempt: 2 })).toEqual({
    intentId: intentIdOf('order-42', 'stripe', 2),
    create: {
      ...intent,
      attempt: 2,
      captureMethod: 'automatic',
      confirm: false,
      paymentMethodToken: null,
      fallbacks: [],
      allowAnother: false,
      returnUrl: null,
      metadata: {},
      expiresAt: null,
    },
  });
});

test('a command has the id that it is given, or another one each time', () => {
  const content = creationOf(intent);
  expect(commandOf('shop', 'create', content, { commandId: ID.toUpperCase() }).commandId).toBe(ID);
  const drawn = [1, 2].map(() => commandOf('shop', 'create', content, {}).commandId);
  expect(new Set(drawn).size).toBe(2);
});

test('a command says who sent it, what it is and until when it may be begun', () => {
  const notAfter = new Date('2027-01-01T00:00:00Z');
  const content = { intentId: asIntentId(intentIdOf('o', 'paypal')), cancel: { reason: null } };
  expect(commandOf('shop', 'cancel', content, { notAfter })).toMatchObject({
    type: 'cancel',
    sender: 'shop',
    notAfter: notAfter.getTime(),
    create: null,
    confirm: null,
    capture: null,
    refund: null,
    cancel: { reason: null },
  });
});

describe('what can be no command is refused before it is sent:', () => {
  test.each([0, -1, 19.99, Number.NaN, 2 ** 53 - 1])('an amount of %d', (amount) => {
    expect(() => creationOf({ ...intent, amount })).toThrow(/amount must be a whole number/);
    expect(() => amountOrAll(amount)).toThrow(RangeError);
  });

  test('an unknown currency', () => {
    expect(() => creationOf({ ...intent, currency: 'usd' })).toThrow(UnknownCurrencyError);
  });

  test('an attempt that does not count from one', () => {
    expect(() => creationOf({ ...intent, attempt: 0 })).toThrow(/attempt/);
  });

  test('what is no intent id, and what is no command id', () => {
    expect(() => confirmationOf('4711', {})).toThrow(/not an intent id/);
    expect(() => commandOf('shop', 'create', creationOf(intent), { commandId: '4711' })).toThrow(
      /not a command id/,
    );
  });

  test.each([
    ['the token', { paymentMethodToken: '4242424242424242' }],
    ['the metadata', { metadata: { note: 'card 4242 4242 4242 4242' } }],
    ['the order id', { orderId: '4242-4242-4242-4242' }],
  ])('a card number in %s, without showing it', (_where, given) => {
    const send = () => commandOf('shop', 'create', creationOf({ ...intent, ...given }), {});
    expect(send).toThrow(CardNumberError);
    expect(send).not.toThrow(/4242/);
  });
});
