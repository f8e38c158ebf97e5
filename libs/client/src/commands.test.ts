import { describe, expect, test } from '@jest/globals';
import { asIntentId, intentIdOf } from '@payments/domain';
import { commandOf, InvalidCommandError, type NewIntent } from './commands.js';

const ID = '018f4e9a-7c3b-7d10-8a55-0242ac120002';
const intentId = asIntentId(intentIdOf('order-42', 'stripe'));
const intent: NewIntent = {
  orderId: 'order-42',
  customerId: 'cust-7',
  gatewayProvider: 'stripe',
  amount: 1999,
  currency: 'USD',
};

test('a creation has the intent id of its order, provider and attempt, and defaults for the rest', () => {
  expect(commandOf('shop', 'create', { ...intent, attempt: 2 }, {})).toMatchObject({
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
  expect(commandOf('shop', 'create', intent, { commandId: ID.toUpperCase() }).commandId).toBe(ID);
  const drawn = [1, 2].map(() => commandOf('shop', 'create', intent, {}).commandId);
  expect(new Set(drawn).size).toBe(2);
});

test('a command says who sent it, what it is and until when it may be begun', () => {
  const notAfter = new Date('2027-01-01T00:00:00.250Z');
  expect(commandOf('shop', 'cancel', { notAfter }, { intentId })).toMatchObject({
    type: 'cancel',
    sender: 'shop',
    intentId,
    notAfter: notAfter.getTime(),
    create: null,
    confirm: null,
    capture: null,
    refund: null,
    cancel: { reason: null },
  });
  const expiresAt = new Date('2027-01-02');
  expect(commandOf('shop', 'create', { ...intent, expiresAt }, {}).create?.expiresAt).toBe(
    expiresAt.getTime(),
  );
});

/** The fields that are to blame, with their problems. */
function problemsOf(send: () => unknown): Record<string, string> {
  try {
    send();
  } catch (error) {
    if (!(error instanceof InvalidCommandError)) throw error;
    return Object.fromEntries(error.errors.map(({ field, problem }) => [field, problem]));
  }
  return {};
}

describe('what can be no command is refused before it is sent, naming the field:', () => {
  test.each<[string, object, string, RegExp]>([
    ['no money', { amount: 0 }, 'amount', /at least 1/],
    ['a float', { amount: 19.99 }, 'amount', /whole number/],
    ['no number', { amount: Number.NaN }, 'amount', /whole number/],
    ['a currency in small letters', { currency: 'usd' }, 'currency', /written USD/],
    ['an attempt that does not count from one', { attempt: 0 }, 'attempt', /at least 1/],
    ['another gateway', { gatewayProvider: 'adyen' }, 'gatewayProvider', /one of stripe, paypal, razorpay/],
    ['no order', { orderId: '' }, 'orderId', /at least 1 character$/],
    ['a field that there is not', { ammount: 1 }, 'ammount', /is no field/],
    ['a date that is none', { expiresAt: new Date('tomorrow') }, 'expiresAt', /must be a time/],
    ['a card number', { orderId: '4242-4242-4242-4242' }, 'orderId', /looks like a card number/],
    ['one further in', { metadata: { note: 'card 4242 4242 4242 4242' } }, 'metadata.note', /card number/],
  ])('%s', (_what, given, field, problem) => {
    const send = () => commandOf('shop', 'create', { ...intent, ...given }, {});
    expect(problemsOf(send)).toEqual({ [field]: expect.stringMatching(problem) });
    expect(send).toThrow(new RegExp(`^invalid create command: ${field} `));
    expect(send).not.toThrow(/4242/);
  });

  test('all of them at once', () => {
    const fields = Object.keys(problemsOf(() => commandOf('shop', 'create', {}, {})));
    expect(fields.sort()).toEqual(Object.keys(intent).sort());
  });

  test('what is no command id, and what is no intent id', () => {
    const withId = () => commandOf('shop', 'create', intent, { commandId: '4711' });
    expect(problemsOf(withId)).toEqual({ commandId: expect.stringMatching(/must be a UUID/) });
    for (const ids of [{ intentId: '4711' }, {}]) {
      const about = () => commandOf('shop', 'confirm', {}, ids);
      expect(problemsOf(about)).toEqual({ intentId: expect.stringMatching(/no intent id/) });
    }
  });
});
