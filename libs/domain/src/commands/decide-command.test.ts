import { describe, expect, test } from '@jest/globals';
import { decideAll } from '../decide-all.js';
import { intentIdOf } from '../ids.js';
import { isEnded } from '../statuses.js';
import { asked, CIRCUMSTANCES, command, NOW, nextCommandId } from '../testing/commands.js';
import { fact, PRICE, paymentWith, usd } from '../testing/payments.js';
import type { Command } from './command.js';
import { type AcceptedCommand, decideCommand } from './decide-command.js';
import { foldCommands } from './fold-commands.js';
import type { CommandedPayment } from './gateway-request.js';

const decideOn = (payment: CommandedPayment | undefined, one: Command) =>
  decideCommand(payment, one, CIRCUMSTANCES);

function accepted(payment: CommandedPayment | undefined, one: Command): AcceptedCommand {
  const decision = decideOn(payment, one);
  if (decision.outcome !== 'DONE') throw new Error(`rejected: ${decision.rejection.code}`);
  return decision;
}

function codeOf(payment: CommandedPayment | undefined, one: Command): string {
  const decision = decideOn(payment, one);
  return decision.outcome === 'DONE' ? 'DONE' : decision.rejection.code;
}

const held = (
  over: Parameters<typeof paymentWith>[0] = {},
  providers?: Parameters<typeof paymentWith>[1],
) => {
  const provider = providers?.[0] ?? 'stripe';
  const payment = paymentWith({ captureMethod: 'manual', ...over }, providers);
  return asked(decideAll(payment, [fact({ kind: 'authorized', amount: PRICE, provider })]).payment);
};

const paid = (amount = PRICE) =>
  asked(decideAll(paymentWith(), [fact({ kind: 'captured', amount })]).payment);

describe('a creation', () => {
  test('makes version 1, one leg, and one call', () => {
    const decision = accepted(undefined, command('create', { expiresAt: NOW + 1 }));
    expect(decision.creates).toBe(true);
    expect(decision.payment.intent).toMatchObject({
      ...{ id: CIRCUMSTANCES.rowId, intentId: intentIdOf('order-42', 'stripe'), status: 'CREATED' },
      ...{ version: 1, amount: 1999n, currency: 'USD', expiresAt: NOW + 1 },
    });
    expect(decision.event).toMatchObject({
      ...{ type: 'created', version: 1, status: 'CREATED', previousStatus: 'CREATED', amount: 1999n },
      ...{ occurredAt: NOW, transaction: null },
    });
    expect(decision.calls).toEqual([
      { operation: 'create', provider: 'stripe', leg: 1, amount: 1999n, details: {} },
    ]);
  });

  test.each([
    ['stripe', 'automatic', ['create', 'confirm']],
    ['stripe', 'manual', ['create', 'confirm']],
    ['paypal', 'automatic', ['create', 'confirm']],
    ['paypal', 'manual', ['create', 'authorize']],
    ['razorpay', 'automatic', ['create']],
  ] as const)(
    'that is to be confirmed, at %s with %s capture, asks for %p',
    (provider, captureMethod, operations) => {
      const intentId = intentIdOf('order-42', provider);
      const paymentMethodToken = provider === 'stripe' ? 'pm_card_visa' : null;
      const create = command('create', {
        provider,
        captureMethod,
        intentId,
        confirm: true,
        paymentMethodToken,
      });
      expect(accepted(undefined, create).calls.map(({ operation }) => operation)).toEqual(operations);
    },
  );

  test.each([
    ['no token', {}, 'create.paymentMethodToken'],
    [
      'a fallback without one',
      {
        provider: 'paypal',
        fallbacks: [
          { gatewayProvider: 'razorpay', paymentMethodToken: null },
          { gatewayProvider: 'stripe', paymentMethodToken: null },
        ],
      },
      'create.fallbacks[1].paymentMethodToken',
    ],
  ] as const)('that is to be confirmed at Stripe with %s is rejected', (_what, given, field) => {
    const intentId = intentIdOf('order-42', 'provider' in given ? given.provider : 'stripe');
    const create = command('create', { ...given, intentId, confirm: true });
    expect(decideOn(undefined, create)).toMatchObject({
      rejection: { code: 'INVALID_COMMAND', detail: expect.stringContaining(`${field} is missing`) },
    });
    expect(codeOf(undefined, { ...create, confirm: false })).toBe('DONE');
  });

  test.each([
    ['its own gateway', ['stripe'], 0],
    ['another one twice', ['paypal', 'razorpay', 'paypal'], 2],
  ] as const)('that falls back on %s is rejected', (_what, providers, index) => {
    const fallbacks = providers.map((gatewayProvider) => ({ gatewayProvider, paymentMethodToken: 'tok' }));
    const detail = `create.fallbacks[${index}].gatewayProvider names a gateway that stands before it already`;
    expect(decideOn(undefined, command('create', { fallbacks }))).toMatchObject({
      rejection: { code: 'INVALID_COMMAND', detail },
    });
  });

  test('in small letters is told how its currency is written', () => {
    const create = command('create', { amount: { amountMinor: 1n, currency: 'usd' } });
    expect(decideOn(undefined, create)).toMatchObject({
      rejection: { detail: expect.stringContaining('write USD') },
    });
  });

  test('of what exists is done already; with another amount or currency it is rejected', () => {
    const payment = asked(paymentWith());
    expect(accepted(payment, command('create'))).toMatchObject({ event: null, calls: [], creates: false });
    expect(codeOf(payment, command('create', { amount: usd(2000) }))).toBe('INTENT_DIFFERS');
    const euros = { amountMinor: 1999n, currency: 'EUR' };
    expect(codeOf(payment, command('create', { amount: euros }))).toBe('INTENT_DIFFERS');
  });

  test('under the id of an intent of another order is not done, though that one costs the same', () => {
    const stranger = command('create', { orderId: 'order-43' });
    expect(codeOf(undefined, stranger)).toBe('INVALID_COMMAND');
    expect(codeOf(asked(paymentWith()), stranger)).toBe('INVALID_COMMAND');
  });

  test('is rejected while its order has another payment, unless it allows that', () => {
    const circumstances = { ...CIRCUMSTANCES, orderHasAnother: true };
    expect(decideCommand(undefined, command('create'), circumstances)).toMatchObject({
      rejection: { code: 'ORDER_HAS_ANOTHER' },
    });
    const another = command('create', { allowAnother: true });
    expect(decideCommand(undefined, another, circumstances).outcome).toBe('DONE');
  });

  test.each([
    ['nothing', usd(0), 'INVALID_AMOUNT'],
    ['less than nothing', usd(-1), 'INVALID_AMOUNT'],
    ['more than 2^53 - 2', usd(2n ** 53n - 1n), 'INVALID_AMOUNT'],
    ['2^53 - 2', usd(2n ** 53n - 2n), 'DONE'],
    ['1', usd(1), 'DONE'],
    ['yen, without decimals', { amountMinor: 1n, currency: 'JPY' }, 'DONE'],
    ['dinars, with three', { amountMinor: 1n, currency: 'KWD' }, 'DONE'],
    ['an unknown currency', { amountMinor: 1n, currency: 'XXX' }, 'UNSUPPORTED_CURRENCY'],
    ['a currency in small letters', { amountMinor: 1n, currency: 'usd' }, 'UNSUPPORTED_CURRENCY'],
  ])('of %s', (_what, amount, code) => {
    expect(codeOf(undefined, command('create', { amount }))).toBe(code);
  });

  test("has the intent's own id, and a time to come in which it expires", () => {
    expect(codeOf(undefined, command('create', { intentId: intentIdOf('order-43', 'stripe') }))).toBe(
      'INVALID_COMMAND',
    );
    expect(codeOf(undefined, command('create', { attempt: 2 }))).toBe('INVALID_COMMAND');
    expect(codeOf(undefined, command('create', { expiresAt: NOW }))).toBe('INVALID_COMMAND');
  });
});

test.each(['create', 'confirm', 'capture', 'cancel', 'refund', 'expire'] as const)(
  '%s is rejected from notAfter on, whatever there is',
  (type) => {
    for (const payment of [undefined, asked(paymentWith()), paid()]) {
      expect(codeOf(payment, command(type, { notAfter: NOW }))).toBe('COMMAND_EXPIRED');
      expect(codeOf(payment, command(type, { notAfter: NOW + 1 }))).not.toBe('COMMAND_EXPIRED');
    }
  },
);

test.each(['confirm', 'capture', 'cancel', 'refund', 'expire'] as const)(
  '%s of no intent is rejected',
  (type) => {
    expect(codeOf(undefined, command(type))).toBe('INTENT_NOT_FOUND');
  },
);

describe('a confirmation', () => {
  test('hands on what only the gateway needs', () => {
    const confirm = command('confirm', { paymentMethodToken: 'pm_card_visa' });
    expect(accepted(asked(paymentWith()), confirm).calls).toEqual([
      {
        ...{ operation: 'confirm', provider: 'stripe', leg: 1, amount: 1999n },
        details: { paymentMethodToken: 'pm_card_visa' },
      },
    ]);
  });

  test('is rejected while another one is under way', () => {
    const { payment } = accepted(asked(paymentWith()), command('confirm'));
    expect(codeOf(payment, command('confirm'))).toBe('NOT_ALLOWED_IN_STATUS');
    const create = command('create', { confirm: true, paymentMethodToken: 'pm_card_visa' });
    const created = accepted(undefined, create).payment;
    expect(codeOf(created, command('confirm'))).toBe('NOT_ALLOWED_IN_STATUS');
  });

  test("at Razorpay brings the checkout's payment and signature", () => {
    const payment = asked(paymentWith({}, ['razorpay']));
    expect(codeOf(payment, command('confirm'))).toBe('INVALID_COMMAND');
    const both = { gatewayPaymentId: 'pay_1', gatewaySignature: 'aa' };
    expect(accepted(payment, command('confirm', both)).calls[0]?.details).toEqual(both);
  });
});

describe('a capture', () => {
  test('takes all that is held, or a part', () => {
    expect(accepted(held(), command('capture')).calls[0]?.amount).toBe(1999n);
    expect(accepted(held(), command('capture', { amount: 500n })).calls[0]?.amount).toBe(500n);
  });

  test('of more than is held, or of nothing, is rejected', () => {
    expect(codeOf(held(), command('capture', { amount: 2000n }))).toBe('AMOUNT_EXCEEDS_AUTHORIZED');
    expect(codeOf(held(), command('capture', { amount: 0n }))).toBe('INVALID_AMOUNT');
    expect(codeOf(asked(paymentWith({ status: 'REQUIRES_CAPTURE' })), command('capture'))).toBe(
      'AMOUNT_EXCEEDS_AUTHORIZED',
    );
  });

  test('happens once: a second one, a cancellation and an expiry come too late', () => {
    const { payment } = accepted(held({ expiresAt: NOW }), command('capture', { amount: 500n }));
    for (const type of ['capture', 'cancel', 'expire'] as const) {
      expect(codeOf(payment, command(type))).toBe('ALREADY_CAPTURED');
    }
  });

  test('at Razorpay is of all that is held', () => {
    const payment = held({}, ['razorpay']);
    expect(codeOf(payment, command('capture', { amount: 1998n }))).toBe('PARTIAL_CAPTURE_UNSUPPORTED');
    expect(codeOf(payment, command('capture', { amount: 1999n }))).toBe('DONE');
    expect(codeOf(payment, command('capture'))).toBe('DONE');
  });
});

describe('a refund', () => {
  test('keeps its amount until its gateway has answered', () => {
    const first = accepted(paid(), command('refund', { amount: 1500n, reason: 'broken' }));
    expect(first.calls).toEqual([
      {
        ...{ operation: 'refund', provider: 'stripe', leg: 1, amount: 1500n },
        details: { reason: 'broken' },
      },
    ]);
    expect(codeOf(first.payment, command('refund', { amount: 500n }))).toBe('AMOUNT_EXCEEDS_CAPTURED');
    const rest = accepted(first.payment, command('refund'));
    expect(rest.calls[0]?.amount).toBe(499n);
    expect(codeOf(rest.payment, command('refund'))).toBe('AMOUNT_EXCEEDS_CAPTURED');
    const answered = asked(rest.payment, rest.payment.requests.slice(1));
    expect(codeOf(answered, command('refund', { amount: 1500n }))).toBe('DONE');
  });

  test('counts refunds under way and done', () => {
    const refund = { kind: 'refund', parentId: 'pi_1' } as const;
    const { payment } = decideAll(paid(), [
      fact({ ...refund, objectId: 're_1', state: 'pending', amount: usd(1000) }),
      fact({ ...refund, objectId: 're_2', state: 'succeeded', amount: usd(900) }),
    ]);
    expect(codeOf(asked(payment), command('refund', { amount: 100n }))).toBe('AMOUNT_EXCEEDS_CAPTURED');
    expect(codeOf(asked(payment), command('refund', { amount: 99n }))).toBe('DONE');
  });

  test('of a payment that was captured twice takes from the current leg first, then from the other', () => {
    const { payment } = decideAll(paymentWith({}, ['stripe', 'paypal']), [
      fact({ kind: 'captured', amount: PRICE }),
      fact({ kind: 'captured', amount: PRICE, leg: 2, provider: 'paypal', objectId: 'CAP' }),
    ]);
    const { calls } = accepted(asked(payment), command('refund', { amount: 2500n }));
    expect(calls.map(({ provider, leg, amount }) => [provider, leg, amount])).toEqual([
      ['stripe', 1, 1999n],
      ['paypal', 2, 501n],
    ]);
  });

  test('of nothing is rejected', () => {
    expect(codeOf(paid(), command('refund', { amount: 0n }))).toBe('INVALID_AMOUNT');
  });
});

describe('an ending', () => {
  test.each(['cancel', 'expire'] as const)(
    'by %s closes the intent at once, whatever is under way',
    (type) => {
      const confirming = accepted(asked(paymentWith({ expiresAt: NOW })), command('confirm')).payment;
      const { payment, event, calls } = accepted(confirming, command(type));
      expect(isEnded(payment.intent.status)).toBe(true);
      expect(event).toMatchObject({ type: type === 'cancel' ? 'canceled' : 'expired', version: 2 });
      expect(calls).toMatchObject([{ operation: 'cancel', amount: null }]);
    },
  );

  test('at Razorpay is nothing that the gateway could be told', () => {
    const { calls, event } = accepted(asked(paymentWith({}, ['razorpay'])), command('cancel'));
    expect([calls, event?.status]).toEqual([[], 'CANCELED']);
  });

  test('by time comes when the time has come', () => {
    expect(codeOf(asked(paymentWith({ expiresAt: NOW + 1 })), command('expire'))).toBe(
      'NOT_ALLOWED_IN_STATUS',
    );
    expect(codeOf(asked(paymentWith()), command('expire'))).toBe('NOT_ALLOWED_IN_STATUS');
    expect(codeOf(asked(paymentWith({ expiresAt: NOW })), command('expire'))).toBe('DONE');
  });

  test('is overtaken by money that a gateway had taken', () => {
    const { payment } = accepted(asked(paymentWith()), command('cancel'));
    const { events } = decideAll(payment, [fact({ kind: 'captured', amount: PRICE })]);
    expect(events).toMatchObject([{ type: 'late_success', status: 'SUCCEEDED', version: 3 }]);
  });
});

test('commands of one batch are decided in their order, from nothing to the end', () => {
  const types = ['confirm', 'create', 'create', 'confirm', 'cancel', 'confirm'] as const;
  const commands = types.map((type) => ({
    command: command(type, { commandId: nextCommandId() }),
    circumstances: CIRCUMSTANCES,
  }));
  const { decisions, events, payment, before } = foldCommands(undefined, commands);
  expect(decisions.map((one) => (one.outcome === 'DONE' ? 'DONE' : one.rejection.code))).toEqual([
    ...['INTENT_NOT_FOUND', 'DONE', 'DONE', 'DONE', 'DONE', 'NOT_ALLOWED_IN_STATUS'],
  ]);
  expect(events.map(({ type, version }) => [type, version])).toEqual([
    ['created', 1],
    ['canceled', 2],
  ]);
  expect(before?.intent.version).toBe(1);
  expect(payment?.intent).toMatchObject({ status: 'CANCELED', version: 2 });
});
