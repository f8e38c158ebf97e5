import { describe, expect, test } from '@jest/globals';
import { asIntentId, intentIdOf } from '@payments/domain';
import type { FieldProblem } from '@payments/runtime';
import { problemOf } from '@payments/runtime/testing';
import { type CommandEndpoint, ENDPOINTS } from './endpoints.js';

const CARD = '4242 4242 4242 4242';
const LOOKS_LIKE_A_CARD = /looks like a card number/;
const INTENT = asIntentId(intentIdOf('order-42', 'stripe'));
const CREATION = {
  orderId: 'order-42',
  customerId: 'cust-7',
  gatewayProvider: 'stripe',
  amount: 1999,
  currency: 'USD',
};

function endpointOf(type: CommandEndpoint['type']): CommandEndpoint {
  const found = ENDPOINTS.find((endpoint) => endpoint.type === type);
  if (found === undefined) throw new Error(`no endpoint for ${type}`);
  return found;
}

const create = endpointOf('create');

function problemsOf(endpoint: CommandEndpoint, body: unknown): readonly FieldProblem[] {
  const problem = problemOf(() => endpoint.read(body, INTENT));
  if (problem !== undefined) expect(problem.status).toBe(422);
  return problem?.errors ?? [];
}

test('a creation gets its intent id from order, provider and attempt, and defaults for what is left out', () => {
  expect(create.read({ ...CREATION, attempt: 2 })).toEqual({
    type: 'create',
    intentId: intentIdOf('order-42', 'stripe', 2),
    notAfter: null,
    confirm: null,
    capture: null,
    cancel: null,
    refund: null,
    create: {
      ...CREATION,
      attempt: 2,
      captureMethod: 'automatic',
      confirm: false,
      allowAnother: false,
      paymentMethodToken: null,
      fallbacks: [],
      returnUrl: null,
      metadata: {},
      expiresAt: null,
    },
  });
});

test('a creation keeps all that is given', () => {
  const given = {
    captureMethod: 'manual',
    confirm: true,
    paymentMethodToken: 'pm_card_visa',
    allowAnother: true,
    fallbacks: [{ gatewayProvider: 'paypal' }, { gatewayProvider: 'razorpay', paymentMethodToken: 'tok' }],
    returnUrl: 'https://shop.example/return?a=1',
    metadata: { b: 'ä', a: 'line\nline' },
    expiresAt: '2027-01-01T01:00:00+01:00',
  };
  const { create: content, notAfter } = create.read({
    ...CREATION,
    ...given,
    notAfter: '2027-01-01T00:00:00.250Z',
  });
  expect(content).toMatchObject({ ...given, expiresAt: Date.UTC(2027, 0, 1), fallbacks: expect.anything() });
  expect(content?.fallbacks).toEqual([
    { gatewayProvider: 'paypal', paymentMethodToken: null },
    { gatewayProvider: 'razorpay', paymentMethodToken: 'tok' },
  ]);
  expect(notAfter).toBe(Date.UTC(2027, 0, 1) + 250);
});

test('bodies that say the same in another order are read the same, to the order of fields', () => {
  const one = { ...CREATION, metadata: { a: '1', b: '2' } };
  const other = { metadata: { b: '2', a: '1' }, ...Object.fromEntries(Object.entries(CREATION).reverse()) };
  expect(JSON.stringify(create.read(other))).toBe(JSON.stringify(create.read(one)));
});

test.each([
  [
    'confirm',
    {},
    { paymentMethodToken: null, gatewayPaymentId: null, gatewaySignature: null, returnUrl: null },
  ],
  ['capture', { amount: 5 }, { amount: 5 }],
  ['capture', {}, { amount: null }],
  ['cancel', { reason: 'sold out' }, { reason: 'sold out' }],
  ['refund', { amount: 7, reason: 'broken' }, { amount: 7, reason: 'broken' }],
] as const)('a %s of %j is about the intent of the path', (type, body, content) => {
  const command = endpointOf(type).read(body, INTENT);
  expect(command).toMatchObject({ type, intentId: INTENT, create: null, [type]: content });
});

describe('a creation is refused, naming the field:', () => {
  const without = (field: keyof typeof CREATION) => ({ ...CREATION, [field]: undefined });
  const much = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, '']));
  test.each<[string, unknown, string, RegExp]>([
    ['a float', { ...CREATION, amount: 19.99 }, 'amount', /must be a whole number/],
    [
      'what was no whole number in JSON',
      { ...CREATION, amount: Number.NaN },
      'amount',
      /must be a whole number/,
    ],
    ['a negative amount', { ...CREATION, amount: -1 }, 'amount', /at least 1/],
    ['no money', { ...CREATION, amount: 0 }, 'amount', /at least 1/],
    ['a huge amount', { ...CREATION, amount: 2 ** 53 - 1 }, 'amount', /at most 9007199254740990/],
    ['an amount as text', { ...CREATION, amount: '1999' }, 'amount', /must be a whole number/],
    ['no amount', without('amount'), 'amount', /is missing/],
    ['null', { ...CREATION, orderId: null }, 'orderId', /must be a string/],
    ['an unknown currency', { ...CREATION, currency: 'XXX' }, 'currency', /none of the values/],
    ['a currency in small letters', { ...CREATION, currency: 'usd' }, 'currency', /must be written USD/],
    ['no currency', without('currency'), 'currency', /^is missing$/],
    ['no gateway', without('gatewayProvider'), 'gatewayProvider', /^is missing$/],
    [
      'an unknown gateway',
      { ...CREATION, gatewayProvider: 'adyen' },
      'gatewayProvider',
      /stripe, paypal, raz/,
    ],
    [
      'a gateway in capitals',
      { ...CREATION, gatewayProvider: 'Stripe' },
      'gatewayProvider',
      /written stripe/,
    ],
    ['an empty order id', { ...CREATION, orderId: '' }, 'orderId', /^must be at least 1 character$/],
    ['a long customer id', { ...CREATION, customerId: 'c'.repeat(256) }, 'customerId', /at most 255/],
    ['a line break in an id', { ...CREATION, orderId: 'a\nb' }, 'orderId', /control characters/],
    ['half a character', { ...CREATION, orderId: '\ud83d' }, 'orderId', /no text/],
    ['a zero byte', { ...CREATION, metadata: { note: 'a\0' } }, 'metadata.note', /no text/],
    ['attempt zero', { ...CREATION, attempt: 0 }, 'attempt', /at least 1/],
    ['an attempt past an int', { ...CREATION, attempt: 2 ** 31 }, 'attempt', /at most 2147483647/],
    ['a boolean as text', { ...CREATION, confirm: 'true' }, 'confirm', /must be a boolean/],
    ['another capture method', { ...CREATION, captureMethod: 'later' }, 'captureMethod', /automatic, manual/],
    ['a relative URL', { ...CREATION, returnUrl: '/return' }, 'returnUrl', /http or https/],
    ['a script URL', { ...CREATION, returnUrl: 'javascript:alert(1)' }, 'returnUrl', /http or https/],
    ['a date without a zone', { ...CREATION, expiresAt: '2027-01-01T00:00:00' }, 'expiresAt', /its zone/],
    ['the thirtieth of February', { ...CREATION, notAfter: '2027-02-30T00:00:00Z' }, 'notAfter', /its zone/],
    ['metadata with an object', { ...CREATION, metadata: { a: {} } }, 'metadata.a', /must be a string/],
    ['an odd metadata name', { ...CREATION, metadata: { 'a b': '' } }, 'metadata.a b', /no name/],
    ['too much metadata', { ...CREATION, metadata: much }, 'metadata', /more than 50/],
    [
      'metadata that is a list',
      { ...CREATION, metadata: [] },
      'metadata',
      /must be an object, such as {"basket":"b-1"}/,
    ],
    [
      'a fallback that is a name',
      { ...CREATION, fallbacks: ['paypal'] },
      'fallbacks.0',
      /must be an object, such as {"gatewayProvider":"paypal"}/,
    ],
    [
      'the same gateway twice',
      { ...CREATION, fallbacks: [{ gatewayProvider: 'stripe' }] },
      'fallbacks.0.gatewayProvider',
      /already/,
    ],
    ['an unknown field', { ...CREATION, amout: 1 }, 'amout', /is no field/],
    [
      'an unknown field inside',
      { ...CREATION, fallbacks: [{ gatewayProvider: 'paypal', cvc: 1 }] },
      'fallbacks.0.cvc',
      /is no field/,
    ],
    [
      'an amount that a fallback does not take',
      {
        ...CREATION,
        gatewayProvider: 'paypal',
        currency: 'KWD',
        amount: 5124,
        fallbacks: [{ gatewayProvider: 'stripe' }],
      },
      'amount',
      /stripe takes KWD in steps of 10 minor units/,
    ],
    [
      'a currency that a fallback does not take',
      { ...CREATION, currency: 'KWD', amount: 5120, fallbacks: [{ gatewayProvider: 'razorpay' }] },
      'currency',
      /razorpay takes no KWD here/,
    ],
    ['a list', [CREATION], '', /the body must be a JSON object/],
    ['text', 'create it', '', /the body must be a JSON object/],
    ['nothing', null, '', /the body must be a JSON object/],
    [
      'a card number as a token',
      { ...CREATION, paymentMethodToken: CARD },
      'paymentMethodToken',
      LOOKS_LIKE_A_CARD,
    ],
    [
      'a card number in metadata',
      { ...CREATION, metadata: { note: `pan ${CARD}!` } },
      'metadata.note',
      LOOKS_LIKE_A_CARD,
    ],
    ['a card number as a number', { ...CREATION, card: 4242424242424242 }, 'card', LOOKS_LIKE_A_CARD],
    [
      'a card number in an unknown place',
      { ...CREATION, card: { number: CARD } },
      'card.number',
      LOOKS_LIKE_A_CARD,
    ],
    ['a card number as a name', { ...CREATION, [CARD]: 1 }, '[card number]', LOOKS_LIKE_A_CARD],
  ])('%s', (_what, body, field, problem) => {
    const problems = problemsOf(create, body);
    expect(problems).toContainEqual({ field, problem: expect.stringMatching(problem) });
    expect(JSON.stringify(problems)).not.toMatch(/4242/);
  });

  test.each([
    ['no token', CREATION, 'paymentMethodToken'],
    [
      'a fallback without one',
      { ...CREATION, gatewayProvider: 'paypal', fallbacks: [{ gatewayProvider: 'stripe' }] },
      'fallbacks.0.paymentMethodToken',
    ],
  ])('%s, if it is to be confirmed at Stripe', (_what, body, field) => {
    expect(problemsOf(create, { ...body, confirm: true })).toEqual([
      { field, problem: expect.stringMatching(/^is missing: confirm needs it/) },
    ]);
    expect(problemsOf(create, body)).toEqual([]);
  });

  test('several at once are all named', () => {
    const problems = problemsOf(create, { amount: -1, surprise: true });
    expect(problems.map(({ field }) => field).sort()).toEqual(
      ['amount', 'currency', 'customerId', 'gatewayProvider', 'orderId', 'surprise'].sort(),
    );
  });

  test('no more are named than a reader takes in', () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`field${index}`, 1]));
    expect(problemsOf(create, many)).toHaveLength(50);
  });
});

test.each([
  ['confirm', { gatewaySignature: 'abc' }, 'gatewaySignature', /must match/],
  ['confirm', { amount: 1 }, 'amount', /is no field/],
  ['capture', { amount: 0.5 }, 'amount', /whole number/],
  ['cancel', { reason: 'r'.repeat(501) }, 'reason', /at most 500 characters/],
  ['refund', { reason: CARD }, 'reason', LOOKS_LIKE_A_CARD],
] as const)('a %s with %j is refused', (type, body, field, problem) => {
  expect(problemsOf(endpointOf(type), body)).toContainEqual({
    field,
    problem: expect.stringMatching(problem),
  });
});

test.each([
  [{ orderId: '' }, 'orderId', 'must be at least 1 character'],
  [{ amount: 1e20 }, 'amount', 'must be at most 9007199254740990'],
  [{ amount: -1e20 }, 'amount', 'must be at least 1'],
  [{ attempt: 1e20 }, 'attempt', 'must be at most 2147483647'],
])('%j has one problem', (given, field, problem) => {
  expect(problemsOf(create, { ...CREATION, ...given })).toEqual([{ field, problem }]);
});
