import { expect, test } from '@jest/globals';
import { uuidv7 } from '@payments/domain';
import { comparePayment, Differences, type Life } from './compare-payment.js';
import { type ExpectedLedger, expectedLedger, toldBy } from './model.js';
import { LedgerPlan } from './plan.js';
import type { StoredLedger, TransactionRow, WebhookRow } from './stored-ledger.js';

const plan = new LedgerPlan({ seed: 1, payments: 100, webhooks: 500 });
/** The first payment with a capture, and so a transaction. */
const life = lifeOf(Array.from({ length: 100 }, (_, index) => index).find(isRefunded) ?? 0);
const id = uuidv7();
const model = expectedLedger(life.planned, id, toldBy(life.history));

function lifeOf(index: number): Life {
  return { planned: plan.payment(index), history: plan.history(index) };
}

function isRefunded(index: number): boolean {
  return plan.payment(index).outcome === 'captured-then-refunded';
}

/** The stored rows if the webhooks had come in order, each in a transaction of its own. */
function storedAs({ intent, transactions, webhooks }: ExpectedLedger): StoredLedger {
  const rows = [...webhooks].map(([webhookId, row], n): [string, WebhookRow] => [
    webhookId,
    { ...row, applied: { transaction: String(n), atMs: n, offset: n, partition: 0 } },
  ]);
  return {
    intents: new Map([[life.planned.intentId, { id, row: intent }]]),
    transactions: new Map([[id, new Map(transactions)]]),
    webhooks: new Map(rows),
  };
}

function differencesOf(stored: Partial<StoredLedger>, events = model.events): string[] {
  const differences = new Differences();
  comparePayment(life, { ...storedAs(model), ...stored }, events, differences);
  return differences.shown;
}

test('rows that equal the model have no differences', () => {
  expect(model.transactions.size).toBeGreaterThan(1);
  expect(differencesOf({})).toEqual([]);
});

test('the model applies webhooks in the pipeline’s order, and within one transaction by time', () => {
  const atOnce = [...storedAs(model).webhooks]
    .reverse()
    .map(([webhookId, row], n): [string, WebhookRow] => [
      webhookId,
      { ...row, applied: { ...row.applied, transaction: '7', atMs: n } },
    ]);
  expect(differencesOf({ webhooks: new Map(atOnce) })).toEqual([]);
});

test.each<[string, () => string[], RegExp]>([
  ['a payment without a row', () => differencesOf({ intents: new Map() }), /has no row/],
  [
    'another sum',
    () => {
      const row = { ...model.intent, amountRefunded: 1n };
      return differencesOf({ intents: new Map([[life.planned.intentId, { id, row }]]) });
    },
    /intent\n/,
  ],
  [
    'a missing transaction',
    () => differencesOf({ transactions: new Map([[id, new Map([...model.transactions].slice(1))]]) }),
    /stored +nothing/,
  ],
  [
    'a transaction too many',
    () => {
      const row = [...model.transactions.values()][0] as TransactionRow;
      return differencesOf({
        transactions: new Map([[id, new Map([...model.transactions, ['stripe REFUND re_twice', row]])]]),
      });
    },
    /expected nothing/,
  ],
  [
    'a webhook of another status',
    () => {
      const rows = [...storedAs(model).webhooks].map(([name, row]): [string, WebhookRow] => [
        name,
        { ...row, status: 'FAILED' },
      ]);
      return differencesOf({ webhooks: new Map(rows) });
    },
    /FAILED/,
  ],
  [
    'a webhook without a row',
    () => differencesOf({ webhooks: new Map([...storedAs(model).webhooks].slice(1)) }),
    /has no row/,
  ],
  ['an event that is missing', () => differencesOf({}, model.events.slice(1)), /: events\n/],
])('%s is a difference', (_what, differences, complaint) => {
  expect(differences().join('\n')).toMatch(complaint);
});
