import { describe, expect, test } from '@jest/globals';
import { decideAll } from '../decide-all.js';
import { isEnded } from '../statuses.js';
import { asked, command, NOW } from '../testing/commands.js';
import { accepted, codeOf } from '../testing/decided.js';
import { fact, PRICE, paymentWith } from '../testing/payments.js';

describe('an ending', () => {
  test.each(['cancel', 'expire'] as const)(
    'by %s closes the intent at once, whatever is under way',
    (type) => {
      const confirming = accepted(asked(paymentWith({ expiresAt: NOW })), command('confirm')).payment;
      const ending = command(type);
      const { payment, event, calls } = accepted(confirming, ending);
      expect(isEnded(payment.intent.status)).toBe(true);
      expect(event).toMatchObject({
        type: type === 'cancel' ? 'canceled' : 'expired',
        version: 2,
        commandId: ending.commandId,
      });
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
