import { describe, expect, test } from '@jest/globals';
import { decimalOf, type Fact } from '@payments/domain';
import fc from 'fast-check';
import { readWebhook } from '../read-webhook.js';
import { factOf, json, reasonOf } from '../testing/bodies.js';

const UPDATED = '2026-03-01T12:00:00Z';
const SAID = { provider: 'paypal', kind: 'dispute', state: 'opened', occurredAt: Date.parse(UPDATED) };

function disputeOver(said: object, name = 'CREATED') {
  const dispute_amount = { currency_code: 'USD', value: '19.99' };
  const resource = { dispute_id: 'PP-1', status: 'OPEN', dispute_amount, update_time: UPDATED, ...said };
  return { id: 'WH-1', event_type: `CUSTOMER.DISPUTE.${name}`, create_time: UPDATED, resource };
}

describe('a dispute', () => {
  const dispute = (status: string, outcome_code?: unknown) => ({
    status,
    disputed_transactions: [{ seller_transaction_id: 'CAP', buyer_transaction_id: 'BUY' }],
    ...(outcome_code === undefined ? {} : { dispute_outcome: { outcome_code } }),
  });

  test.each([
    ['OPEN', undefined, 'opened'],
    ['WAITING_FOR_SELLER_RESPONSE', undefined, 'opened'],
    ['UNDER_REVIEW', undefined, 'under_review'],
    ['RESOLVED', 'RESOLVED_BUYER_FAVOUR', 'lost'],
    ['RESOLVED', 'ACCEPTED', 'lost'],
    ['RESOLVED', 'RESOLVED_SELLER_FAVOUR', 'won'],
    ['RESOLVED', 'DENIED', 'won'],
    ['RESOLVED', 'RESOLVED_WITH_PAYOUT', 'closed'],
    ['RESOLVED', 'CANCELED_BY_BUYER', 'closed'],
    ['RESOLVED', 'NONE', 'closed'],
  ])('%s %s is %s', (status, outcome, state) => {
    for (const name of ['CREATED', 'UPDATED', 'RESOLVED']) {
      expect(factOf('paypal', disputeOver(dispute(status, outcome), name))).toEqual({
        ...SAID,
        objectId: 'PP-1',
        relatedIds: ['CAP'],
        parentId: 'CAP',
        state,
        amount: { amountMinor: 1999n, currency: 'USD' },
      });
    }
  });

  test('resolved with no or an unknown outcome is refused', () => {
    const reason = (outcome?: unknown) =>
      reasonOf('paypal', disputeOver(dispute('RESOLVED', outcome), 'RESOLVED'));
    expect(reason()).toBe('resource.dispute_outcome.outcome_code is no status');
    expect(reason('TOSSED_A_COIN')).toBe('resource.status is a status that we do not know');
  });
});

describe('a dispute over several captures', () => {
  const over = (disputed_transactions: readonly unknown[], more: object = {}) =>
    readWebhook('paypal', json(disputeOver({ disputed_transactions, ...more }))).facts;
  const of = (id: string, value?: string, currency_code = 'USD') => ({
    seller_transaction_id: id,
    ...(value === undefined ? {} : { gross_amount: { value, currency_code } }),
  });
  const sharesIn = (facts: readonly Fact[]) =>
    facts.map((fact) => [fact.objectId, 'amount' in fact && fact.amount.amountMinor]);

  test('is one fact for each, named by dispute and capture, with the captured amounts', () => {
    expect(over([of('CAP-B', '12.00'), of('CAP-A', '7.99')])).toEqual([
      {
        ...SAID,
        objectId: 'PP-1:CAP-A',
        parentId: 'CAP-A',
        relatedIds: ['CAP-A'],
        amount: { amountMinor: 799n, currency: 'USD' },
      },
      {
        ...SAID,
        objectId: 'PP-1:CAP-B',
        parentId: 'CAP-B',
        relatedIds: ['CAP-B'],
        amount: { amountMinor: 1200n, currency: 'USD' },
      },
    ]);
  });

  test.each([
    ['by the gross amounts if it is less', [of('A', '10.00'), of('B', '30.00')], [500n, 1499n]],
    ['equally if one of them is missing', [of('A', '10.00'), of('B')], [1000n, 999n]],
    [
      'equally if one of them is in another currency',
      [of('A', '1.00'), of('B', '9.00', 'EUR')],
      [1000n, 999n],
    ],
    ['equally if one of them is no amount', [of('A', '1.00'), of('B', '-9.00')], [1000n, 999n]],
  ])('shares the disputed amount %s, to the last cent', (_how, captures, shares) => {
    expect(sharesIn(over(captures))).toEqual([
      ['PP-1:A', shares[0]],
      ['PP-1:B', shares[1]],
    ]);
  });

  test('a capture that is named twice counts once, and an entry without one is left out', () => {
    expect(sharesIn(over([of('A'), of('A'), { buyer_transaction_id: 'X' }, 7]))).toEqual([['PP-1', 1999n]]);
    expect(sharesIn(over([of('B'), of('A'), of('B')])).map(([id]) => id)).toEqual(['PP-1:A', 'PP-1:B']);
  });

  test('any shares are positive and add up, and their ids do not depend on the order', () => {
    const captures = fc.uniqueArray(
      fc.tuple(fc.stringMatching(/^[A-Z\d]{1,17}$/), fc.option(fc.integer({ min: 1, max: 9_999_999 }))),
      { selector: ([id]) => id, minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(captures, fc.integer({ min: 1, max: 9_999_999 }), (gross, cents) => {
        const dispute_amount = { currency_code: 'USD', value: decimalOf(BigInt(cents), 2) };
        const named = gross.map(([id, own]) => of(id, own === null ? undefined : decimalOf(BigInt(own), 2)));
        const shares = sharesIn(over(named, { dispute_amount }));
        const amounts = shares.map(([, amount]) => amount as bigint);
        expect(amounts.reduce((sum, amount) => sum + amount, 0n)).toBe(BigInt(cents));
        expect(amounts.every((amount) => amount > 0n)).toBe(true);
        expect(new Set(shares.map(([id]) => id)).size).toBe(shares.length);
        expect(sharesIn(over(named.toReversed(), { dispute_amount }))).toEqual(shares);
      }),
    );
  });

  test('too many captures are refused', () => {
    const captures = Array.from({ length: 101 }, (_, index) => of(`CAP-${index}`));
    expect(reasonOf('paypal', disputeOver({ disputed_transactions: captures }))).toBe(
      'resource.disputed_transactions names more than 100',
    );
  });
});
