import { describe, expect, test } from '@jest/globals';
import type { GatewayProvider } from '../gateway-provider.js';
import { GATEWAY_OPERATIONS, type GatewayOperation } from '../ids.js';
import { legAt, OBJECT_ID, type SubjectParts, subjectOf } from '../testing/attempt-subjects.js';
import { NOW, nextCommandId } from '../testing/commands.js';
import { usd } from '../testing/payments.js';
import { attemptIdOf, idempotencyKeyOf } from './attempt.js';
import { decideSend } from './decide-send.js';
import { ATTEMPT_POLICY } from './policy.js';
import type { OtherAttempt } from './subject.js';

const decide = (...said: Parameters<typeof subjectOf>) => decideSend(subjectOf(...said), ATTEMPT_POLICY);

/** The code that an attempt ends with unsent; `send` or `postpone` else. */
function verdictOn(...said: Parameters<typeof subjectOf>): string | undefined {
  const step = decide(...said);
  return step.kind === 'end' ? step.ending.error?.code : step.kind;
}

const PAID: SubjectParts = {
  intent: { status: 'SUCCEEDED', amountCaptured: 1999n },
  transactions: [{}],
};
const HELD: SubjectParts = { transactions: [{ type: 'AUTHORIZATION', objectId: 'auth_1' }] };

describe('what is wanted is sent', () => {
  test.each([
    ['create', 'stripe', {}],
    ['create', 'paypal', {}],
    ['create', 'razorpay', {}],
    ['confirm', 'stripe', {}],
    ['confirm', 'paypal', {}],
    ['authorize', 'paypal', {}],
    ['confirm', 'razorpay', { intent: { status: 'REQUIRES_PAYMENT_METHOD' } }],
    ['capture', 'stripe', {}],
    ['capture', 'paypal', HELD],
    ['capture', 'razorpay', HELD],
    ['cancel', 'stripe', {}],
    ['cancel', 'paypal', HELD],
    ['refund', 'stripe', PAID],
    ['refund', 'paypal', PAID],
    ['refund', 'razorpay', PAID],
  ] as const satisfies (readonly [GatewayOperation, GatewayProvider, SubjectParts])[])(
    '%s at %s',
    (operation, provider, parts) => {
      expect(verdictOn(operation, provider, parts)).toBe('send');
    },
  );
});

describe('what nobody wants any more is not', () => {
  const wanted = (operation: GatewayOperation): SubjectParts => (operation === 'refund' ? PAID : {});

  test.each(GATEWAY_OPERATIONS)(
    'a %s whose notAfter has passed ends, and the intent is told',
    (operation) => {
      const { intent, transactions } = { intent: {}, transactions: [], ...wanted(operation) };
      const step = decide(operation, 'stripe', { intent, transactions, attempt: { notAfter: NOW } });
      expect(step).toMatchObject({
        kind: 'end',
        ending: { state: 'NOT_EXECUTED', error: { code: 'COMMAND_EXPIRED' }, isPointless: false },
      });
      expect(verdictOn(operation, 'stripe', { intent, transactions, attempt: { notAfter: NOW + 1 } })).toBe(
        'send',
      );
    },
  );

  test.each([
    ['create', 'INTENT_ENDED'],
    ['confirm', 'INTENT_ENDED'],
    ['authorize', 'INTENT_ENDED'],
    ['capture', 'INTENT_ENDED'],
    ['cancel', 'send'],
  ] as const)('%s of an intent that has ended: %s', (operation, expected) => {
    for (const status of ['CANCELED', 'EXPIRED', 'FAILED'] as const) {
      expect(verdictOn(operation, 'stripe', { intent: { status } })).toBe(expected);
    }
  });

  test.each([
    ['create', 'LEG_ABANDONED'],
    ['confirm', 'LEG_ABANDONED'],
    ['authorize', 'LEG_ABANDONED'],
    ['capture', 'send'],
    ['cancel', 'send'],
  ] as const)('%s on a leg that was left: %s', (operation, expected) => {
    const legs = [legAt(1, 'stripe', OBJECT_ID), legAt(2, 'paypal', 'order_2')];
    expect(verdictOn(operation, 'stripe', { legs, intent: { currentLeg: 2 } })).toBe(expected);
  });

  test.each(['confirm', 'authorize', 'capture', 'cancel'] as const)(
    '%s on a leg for which the gateway opened nothing',
    (operation) => {
      expect(verdictOn(operation, 'stripe', { legs: [legAt(1, 'stripe', null)] })).toBe('NOTHING_OPENED');
    },
  );

  test.each(['create', 'confirm', 'authorize', 'capture', 'cancel'] as const)(
    '%s of what is paid, and nobody is told',
    (operation) => {
      expect(decide(operation, 'stripe', PAID)).toMatchObject({
        ending: { state: 'NOT_EXECUTED', error: { code: 'ALREADY_CAPTURED' }, isPointless: true },
      });
    },
  );

  test('a capture where another leg took the money', () => {
    const legs = [legAt(1, 'stripe', OBJECT_ID), legAt(2, 'paypal', 'order_2')];
    const intent = { status: 'SUCCEEDED', amountCaptured: 1999n, currentLeg: 2 } as const;
    const onOther = [{ provider: 'paypal', leg: 2, objectId: 'cap_2' } as const];
    expect(verdictOn('capture', 'stripe', { legs, intent, transactions: onOther })).toBe('ALREADY_CAPTURED');
    // What is held on the leg that was left is let go all the same.
    expect(verdictOn('cancel', 'stripe', { legs, intent, transactions: onOther })).toBe('send');
  });

  test.each(['confirm', 'authorize'] as const)('%s of what is held already', (operation) => {
    expect(verdictOn(operation, 'paypal', { ...HELD, intent: { status: 'REQUIRES_CAPTURE' } })).toBe(
      'ALREADY_AUTHORIZED',
    );
  });
});

describe('what it acts on', () => {
  const targetIn = (...said: Parameters<typeof subjectOf>): string | null | undefined => {
    const step = decide(...said);
    return step.kind === 'send' ? step.call.targetId : undefined;
  };
  const auth = (objectId: string, said: object = {}) => ({
    ...({ type: 'AUTHORIZATION', objectId, ...said } as const),
  });

  test.each(['paypal', 'razorpay'] as const)('what holds the money is captured at %s', (provider) => {
    const transactions = [auth('old', { occurredAt: NOW - 1 }), auth('new')];
    expect(targetIn('capture', provider, { transactions })).toBe('new');
  });

  test('what was voided, failed or is of another currency holds nothing', () => {
    const inYen = { amount: { amountMinor: 1999n, currency: 'JPY' } };
    const transactions = [
      auth('voided'),
      { ...auth('voided'), type: 'VOID' as const },
      auth('failed', { status: 'FAILED' }),
      auth('yen', inYen),
    ];
    expect(verdictOn('capture', 'paypal', { transactions })).toBe('NOTHING_HELD');
    expect(decide('cancel', 'paypal', { transactions })).toMatchObject({ ending: { isPointless: true } });
    expect(targetIn('capture', 'paypal', { transactions: [...transactions, auth('held')] })).toBe('held');
  });

  test('a refund is taken from a capture with enough left', () => {
    const capture = (objectId: string, amount: number, occurredAt: number) => ({
      objectId,
      amount: usd(amount),
      occurredAt,
    });
    const refund = (objectId: string, parentId: string | null, status: 'SUCCEEDED' | 'PENDING' | 'FAILED') =>
      ({ type: 'REFUND', objectId, parentId, status, amount: usd(600) }) as const;
    const captures = [capture('cap_1', 1000, 1), capture('cap_2', 1000, 2)];
    const from = (refunds: readonly object[]) =>
      targetIn('refund', 'paypal', {
        intent: PAID.intent ?? {},
        attempt: { amount: 500n },
        transactions: [...captures, ...refunds],
      });
    expect(from([])).toBe('cap_1');
    expect(from([refund('r1', 'cap_1', 'FAILED')])).toBe('cap_1');
    expect(from([refund('r1', 'cap_1', 'PENDING')])).toBe('cap_2');
    expect(from([refund('r1', 'cap_1', 'SUCCEEDED'), refund('r2', 'cap_2', 'PENDING')])).toBeUndefined();
    // It may be of either.
    expect(from([refund('r1', null, 'PENDING')])).toBeUndefined();
  });

  test('Stripe refunds its payment intent by its own id', () => {
    expect(targetIn('refund', 'stripe', PAID)).toBeNull();
  });

  test("Razorpay's confirmation names the payment and the signature that its checkout made", () => {
    const details = { gatewayPaymentId: 'pay_1', gatewaySignature: 'c0ffee' };
    expect(decide('confirm', 'razorpay', { details })).toMatchObject({
      call: { targetId: 'pay_1', gatewaySignature: 'c0ffee', gatewayObjectId: OBJECT_ID },
    });
  });
});

describe('the call', () => {
  test("carries a confirmation's own token and page, else those of leg and creation", () => {
    const details = { paymentMethodToken: 'pm_own', returnUrl: 'https://shop.example/own' };
    expect(decide('confirm', 'stripe', { details })).toMatchObject({
      call: { paymentMethodToken: 'pm_own', returnUrl: 'https://shop.example/own' },
    });
    expect(decide('confirm', 'stripe')).toMatchObject({
      call: {
        paymentMethodToken: 'pm_leg',
        returnUrl: 'https://shop.example/back',
        metadata: { basket: 'b-1' },
      },
    });
  });

  test('goes under the key of its round', () => {
    const subject = subjectOf('confirm', 'stripe', { attempt: { keyRound: 2 } });
    const { attempt } = subject;
    expect(decideSend(subject, ATTEMPT_POLICY)).toMatchObject({
      call: { idempotencyKey: idempotencyKeyOf({ ...attempt, keyRound: 2 }), attemptId: attempt.attemptId },
    });
    expect(idempotencyKeyOf({ ...attempt, keyRound: 1 })).toBe(attempt.attemptId);
  });

  test('moves the amount of the attempt, or the whole of the intent', () => {
    expect(decide('capture', 'stripe', { attempt: { amount: 500n } })).toMatchObject({
      call: { amount: usd(500) },
    });
    expect(decide('cancel', 'stripe', { attempt: { amount: null } })).toMatchObject({
      call: { amount: usd(1999) },
    });
  });
});

describe('what has to wait', () => {
  test.each(['confirm', 'authorize'] as const)(
    '%s at PayPal waits for its payer, longer each time',
    (operation) => {
      const waitAt = (heldSince: number | null) => {
        const step = decide(operation, 'paypal', {
          intent: { status: 'REQUIRES_ACTION' },
          attempt: { heldSince, inquiries: 6 },
        });
        return step.kind === 'postpone' ? step.dueAt - NOW : undefined;
      };
      expect([null, NOW - 1_000, NOW - 20_000, NOW - 3_600_000].map(waitAt)).toEqual([
        500, 500, 5_000, 900_000,
      ]);
    },
  );

  test('what waits for another call is looked at every few seconds, and each minute after an hour', () => {
    const waitAfter = (heldForMs: number) => {
      const attempt = { heldSince: NOW - heldForMs };
      const step = decide('confirm', 'stripe', { order: { isOpen: true }, attempt });
      return step.kind === 'postpone' ? step.dueAt - NOW : undefined;
    };
    const minute = 60_000;
    expect([0, 4_000, 5 * minute, 60 * minute, 5_000 * minute].map(waitAfter)).toEqual([
      500,
      1_000,
      5_000,
      minute,
      minute,
    ]);
  });

  test('but not beyond its notAfter', () => {
    const attempt = { notAfter: NOW + 100 };
    const step = decide('confirm', 'paypal', { intent: { status: 'REQUIRES_ACTION' }, attempt });
    expect(step).toMatchObject({
      kind: 'postpone',
      attempt: { state: 'PENDING', heldSince: NOW },
      dueAt: NOW + 100,
    });
  });

  test.each(['SENT', 'UNKNOWN'] as const)(
    'nothing that moves money goes out while another is %s',
    (state) => {
      const other = (operation: GatewayOperation): OtherAttempt => {
        const commandId = nextCommandId();
        return { attemptId: attemptIdOf(commandId, 2, operation), commandId, leg: 2, operation, state };
      };
      for (const operation of ['confirm', 'authorize', 'capture', 'refund'] as const) {
        const said = operation === 'refund' ? PAID : {};
        for (const open of ['confirm', 'authorize', 'capture', 'refund'] as const) {
          expect(verdictOn(operation, 'stripe', { ...said, others: [other(open)] })).toBe('postpone');
        }
        expect(verdictOn(operation, 'stripe', { ...said, others: [other('create'), other('cancel')] })).toBe(
          'send',
        );
      }
      expect(verdictOn('cancel', 'stripe', { others: [other('refund')] })).toBe('send');
    },
  );
});

describe('an order with another intent', () => {
  test.each([
    ['create', 'stripe', 'send', 'send'],
    ['confirm', 'stripe', 'postpone', 'ORDER_HAS_ANOTHER'],
    ['authorize', 'paypal', 'postpone', 'ORDER_HAS_ANOTHER'],
    ['capture', 'stripe', 'postpone', 'ORDER_HAS_ANOTHER'],
    ['cancel', 'stripe', 'send', 'send'],
    ['refund', 'stripe', 'send', 'send'],
    // The customer pays there as soon as the order is created; what is left then is to read it.
    ['create', 'razorpay', 'postpone', 'ORDER_HAS_ANOTHER'],
    ['confirm', 'razorpay', 'send', 'send'],
  ] as const)(
    '%s at %s, while that may be paying: %s, once it has paid: %s',
    (operation, provider, open, paid) => {
      const parts = operation === 'refund' ? PAID : {};
      expect(verdictOn(operation, provider, { ...parts, order: { isOpen: true } })).toBe(open);
      expect(verdictOn(operation, provider, { ...parts, order: { isPaid: true } })).toBe(paid);
    },
  );

  test('its sender is told that it came to nothing', () => {
    expect(decide('confirm', 'stripe', { order: { isPaid: true } })).toMatchObject({
      ending: { state: 'NOT_EXECUTED', isPointless: false },
    });
  });
});
