import { describe, expect, test } from '@jest/globals';
import { decide } from './decide.js';
import { decideAll } from './decide-all.js';
import { evolve } from './evolve.js';
import type { FactOnLeg, RefundState } from './facts.js';
import { InvalidAmountError } from './money.js';
import type { Payment } from './payment.js';
import { nextCommandId } from './testing/commands.js';
import { fact, PRICE, paymentWith, usd } from './testing/payments.js';

const captured = fact({ kind: 'captured', amount: PRICE });

function refund(state: RefundState, amount = 500, objectId = 're_1', occurredAt = 200_000): FactOnLeg {
  return fact({ kind: 'refund', state, amount: usd(amount), objectId, occurredAt });
}

function after(payment: Payment, ...facts: FactOnLeg[]): Payment {
  return decideAll(payment, facts).payment;
}

describe('given refunds', () => {
  test('one that comes before its capture waits and then counts', () => {
    const early = decide(paymentWith(), refund('succeeded'));
    expect(early).toMatchObject({
      outcome: 'PROCESSED',
      reason: 'WAITS_FOR_CAPTURE',
      changes: { transaction: { action: 'insert', transaction: { status: 'SUCCEEDED' } } },
      event: { type: 'refund_succeeded', amountRefunded: 0n, status: 'CREATED' },
      alerts: [],
    });
    const then = decide(evolve(paymentWith(), early), captured);
    expect(then).toMatchObject({
      event: { amountCaptured: 1999n, amountRefunded: 500n, version: 3 },
      alerts: [],
    });
  });

  test('pending, succeeded, failed: the money goes out and comes back', () => {
    const sums = [refund('pending'), refund('succeeded'), refund('failed')].map((_, index, all) => {
      const { intent } = after(paymentWith(), captured, ...all.slice(0, index + 1));
      return [intent.amountRefundPending, intent.amountRefunded];
    });
    expect(sums).toEqual([
      [500n, 0n],
      [0n, 500n],
      [0n, 0n],
    ]);
  });

  test('the command that asked for one is told with it; of a capture none is', () => {
    const commandId = nextCommandId();
    const { events } = decideAll(paymentWith(), [
      captured,
      { ...refund('pending'), commandId },
      { ...refund('failed'), commandId },
      refund('failed', 500, 're_2'),
    ]);
    expect(events.map((event) => event.commandId)).toEqual([null, commandId, commandId, null]);
  });

  test('a failed one stays failed, though "succeeded" comes later or bears a later time', () => {
    const { intent } = after(
      paymentWith(),
      captured,
      refund('failed'),
      refund('succeeded', 500, 're_1', 300_000),
    );
    expect(intent.amountRefunded).toBe(0n);
  });

  test('more than was captured is recorded, counted up to the capture, and alerted once', () => {
    const tooMuch = [captured, refund('succeeded', 1500), refund('pending', 800, 're_2')];
    const folded = decideAll(paymentWith(), tooMuch);
    expect(folded.payment.intent).toMatchObject({ amountRefunded: 1500n, amountRefundPending: 499n });
    expect(folded.payment.transactions.size).toBe(3);
    expect(folded.alerts).toMatchObject([
      { code: 'REFUND_EXCEEDS_CAPTURE', objectId: 're_2', amount: usd(800) },
    ]);
    expect(decideAll(folded.payment, tooMuch).alerts).toEqual([]);
  });

  test('too much that came before its capture is alerted when the capture comes', () => {
    const folded = decideAll(paymentWith(), [refund('succeeded', 2500), captured]);
    expect(folded.alerts.map(({ code }) => code)).toEqual(['REFUND_EXCEEDS_CAPTURE']);
    expect(folded.payment.intent).toMatchObject({ amountCaptured: 1999n, amountRefunded: 1999n });
  });

  test('they never leave SUCCEEDED', () => {
    expect(after(paymentWith(), captured, refund('succeeded', 1999)).intent.status).toBe('SUCCEEDED');
  });
});

describe('given a reversal of a capture, which bears its id', () => {
  const said = { provider: 'paypal', occurredAt: 200_000 } as const;
  const paypal = paymentWith({ currentLeg: 1 }, ['paypal']);
  const taken = (objectId: string) => fact({ ...said, kind: 'captured', objectId, amount: PRICE });
  const reversed = fact({ ...said, kind: 'refund', state: 'succeeded', objectId: 'CAP', amount: PRICE });
  const part = (state: RefundState, amount = 500) =>
    fact({ ...said, kind: 'refund', state, objectId: 'REF', parentId: 'CAP', amount: usd(amount) });

  test.each<[string, FactOnLeg[]]>([
    ['after a partial refund', [taken('CAP'), part('succeeded'), reversed]],
    ['before a partial refund is told', [taken('CAP'), reversed, part('succeeded')]],
    ['before its capture', [reversed, part('succeeded'), taken('CAP')]],
    ['between the two', [part('succeeded'), reversed, taken('CAP')]],
    ['while a refund is pending', [taken('CAP'), part('pending'), reversed]],
  ])('%s: what is left of the capture goes back, and no more', (_when, facts) => {
    const { payment, alerts } = decideAll(paypal, facts);
    expect(payment.intent).toMatchObject({ amountRefunded: 1999n, amountRefundPending: 0n });
    expect(alerts).toEqual([]);
  });

  test('beside another capture it takes nothing of that one', () => {
    for (const facts of [
      [taken('CAP'), taken('CAP-2'), part('succeeded'), reversed],
      [reversed, part('succeeded'), taken('CAP-2'), taken('CAP')],
    ]) {
      expect(after(paypal, ...facts).intent).toMatchObject({ amountCaptured: 3998n, amountRefunded: 1999n });
    }
  });

  test('a partial refund that then fails leaves the whole capture reversed', () => {
    expect(after(paypal, taken('CAP'), part('succeeded'), reversed, part('failed')).intent).toMatchObject({
      amountCaptured: 1999n,
      amountRefunded: 1999n,
    });
  });

  test('refunds that alone exceed their capture are alerted all the same', () => {
    const { alerts } = decideAll(paypal, [taken('CAP'), taken('CAP-2'), reversed, part('succeeded', 2500)]);
    expect(alerts.map(({ code }) => code)).toEqual(['DUPLICATE_CHARGE', 'REFUND_EXCEEDS_CAPTURE']);
  });

  test('a refund of a capture that is not known waits, though another capture could cover it', () => {
    const early = decide(after(paypal, taken('CAP-2')), part('succeeded'));
    expect(early).toMatchObject({ reason: 'WAITS_FOR_CAPTURE', alerts: [], event: { amountRefunded: 0n } });
    expect(after(paypal, taken('CAP-2'), part('succeeded'), taken('CAP')).intent.amountRefunded).toBe(500n);
  });

  test('one that failed before its capture is known waits for nothing', () => {
    expect(decide(paypal, part('failed'))).toMatchObject({ outcome: 'PROCESSED', reason: null });
  });

  test('what a refund is of is kept, whichever report tells it', () => {
    const nameless = fact({
      ...part('succeeded'),
      kind: 'refund',
      state: 'succeeded',
      parentId: undefined,
      amount: usd(500),
      occurredAt: 300_000,
    });
    for (const facts of [
      [part('succeeded'), nameless],
      [nameless, part('succeeded')],
    ]) {
      const { payment } = decideAll(paypal, facts);
      expect([...payment.transactions.values()]).toMatchObject([{ parentId: 'CAP', occurredAt: 300_000 }]);
    }
  });
});

describe('given a dispute', () => {
  const dispute = (state: 'opened' | 'under_review' | 'won' | 'lost' | 'closed', occurredAt: number) =>
    fact({ kind: 'dispute', state, amount: PRICE, objectId: 'dp_1', occurredAt });
  const opened = dispute('opened', 200_000);
  const underReview = dispute('under_review', 300_000);
  const paid = after(paymentWith(), captured);

  test.each([
    ['won', 0n],
    ['lost', 1999n],
    ['closed', 0n],
  ] as const)('opened, reviewed and %s: the status stays SUCCEEDED', (verdict, disputed) => {
    const open = after(paid, opened, underReview);
    expect(open.intent).toMatchObject({ amountDisputed: 1999n, status: 'SUCCEEDED', version: 3 });
    const end = decide(open, dispute(verdict, 400_000));
    expect(end.event).toMatchObject({
      type: `dispute_${verdict}`,
      amountDisputed: disputed,
      status: 'SUCCEEDED',
      version: 4,
    });
  });

  test('a verdict that overtook the opening stands', () => {
    expect(after(paid, dispute('won', 400_000), opened, underReview).intent.amountDisputed).toBe(0n);
  });

  test('a verdict that is turned over later is the newer one, in any order', () => {
    const [lost, won] = [dispute('lost', 400_000), dispute('won', 500_000)];
    expect(after(paid, opened, lost, won).intent.amountDisputed).toBe(0n);
    expect(after(paid, won, lost, opened).intent.amountDisputed).toBe(0n);
  });

  test('it is counted in every status', () => {
    expect(after(paymentWith({ status: 'EXPIRED' }), opened).intent).toMatchObject({
      status: 'EXPIRED',
      amountDisputed: 1999n,
    });
  });
});

describe('given amounts that are not as asked for', () => {
  test.each([
    ['automatic', 1000, ['AMOUNT_MISMATCH']],
    ['automatic', 3000, ['AMOUNT_MISMATCH']],
    ['manual', 1000, []],
    ['manual', 3000, ['AMOUNT_MISMATCH']],
  ] as const)(
    '%s capture of %i instead of 1999 is recorded with alerts %j',
    (captureMethod, amount, codes) => {
      const folded = decideAll(paymentWith({ captureMethod }), [
        fact({ kind: 'captured', amount: usd(amount) }),
      ]);
      expect(folded.alerts.map(({ code }) => code)).toEqual(codes);
      expect(folded.payment.intent).toMatchObject({ status: 'SUCCEEDED', amountCaptured: BigInt(amount) });
    },
  );

  test('one capture reported with two amounts: the newest counts, and someone has to look', () => {
    const reports = [captured, fact({ kind: 'captured', amount: usd(1000), occurredAt: 101_000 })];
    const folded = decideAll(paymentWith({ captureMethod: 'manual' }), reports);
    expect(folded.payment.intent.amountCaptured).toBe(1000n);
    expect(folded.alerts.map(({ code }) => code)).toEqual(['AMOUNT_MISMATCH']);
  });

  test('another currency is recorded, counted nowhere, and pays for nothing', () => {
    const euros = fact({ kind: 'captured', amount: { amountMinor: 1999n, currency: 'EUR' } });
    const folded = decideAll(paymentWith(), [euros]);
    expect(folded.alerts.map(({ code }) => code)).toEqual(['CURRENCY_MISMATCH']);
    expect(folded.payment.intent).toMatchObject({ status: 'CREATED', amountCaptured: 0n, version: 2 });
    expect(folded.payment.transactions.size).toBe(1);
  });

  test('what cannot be is refused', () => {
    expect(() => decide(paymentWith(), fact({ kind: 'captured', amount: usd(-1) }))).toThrow(
      InvalidAmountError,
    );
    expect(() => decide(paymentWith(), fact({ kind: 'captured', amount: usd(2n ** 53n) }))).toThrow(
      InvalidAmountError,
    );
    expect(() => decide(paymentWith(), fact({ kind: 'processing', leg: 2 }))).toThrow(RangeError);
    expect(() => decide(paymentWith(), fact({ kind: 'processing', provider: 'paypal' }))).toThrow(RangeError);
  });
});
