import type { LedgerEntry, LedgerMovement, LedgerPayment } from '@payments/simulator';
import type { Differences } from '../ledger/compare-payment.js';
import type { StoredLedger } from '../ledger/stored-ledger.js';
import type { Ended } from './drive.js';
import type { Checkout } from './plan.js';

/** Numbers of charges and refunds in the gateways' own ledgers. */
export interface Moved {
  readonly charges: number;
  readonly refunds: number;
}

/** Compares the gateways' ledgers with what was requested, and our ledger with theirs, for each payment. */
export function compareLedgers(
  ended: readonly Ended[],
  gateways: readonly LedgerPayment[],
  stored: StoredLedger,
  differences: Differences,
): Moved {
  const byIntent = new Map(gateways.map((payment) => [payment.intentId, payment]));
  for (const one of ended) {
    const { intentId } = one.checkout;
    const theirs = byIntent.get(intentId);
    byIntent.delete(intentId);
    compareOne(one, theirs, stored, differences);
  }
  for (const intentId of byIntent.keys())
    differences.add(`gateways know a payment that is none: ${intentId}`);
  const sum = (of: (payment: LedgerPayment) => number): number =>
    gateways.reduce((total, payment) => total + of(payment), 0);
  return {
    charges: sum(({ chargeCount }) => chargeCount),
    refunds: sum(({ refundCount }) => refundCount),
  };
}

const NO_OBJECTS: readonly LedgerEntry[] = [];

function compareOne(
  { checkout, settledMs }: Ended,
  theirs: LedgerPayment | undefined,
  stored: StoredLedger,
  differences: Differences,
): void {
  const name = `${checkout.provider} ${checkout.story} ${checkout.intentId}`;
  const objects = theirs?.objects ?? NO_OBJECTS;
  const charges = objects.flatMap(({ charges: of }) => of);
  const refunds = objects.flatMap(refundsOf);
  if (charges.length > 1) differences.add(`${name}: charged ${charges.length} times`);
  for (const amount of tooMany(amountsOf(refunds), refundsAskedFor(checkout))) {
    differences.add(`${name}: ${amount} was given back once more than asked for`);
  }
  const intent = stored.intents.get(checkout.intentId);
  if (intent === undefined) {
    differences.add(`${name} has no row`);
    return;
  }
  const { row, id } = intent;
  const own = [...(stored.transactions.get(id) ?? [])]
    .filter(([, { status }]) => status === 'SUCCEEDED')
    .map(([key, { amount }]) => `${key} ${amount}`)
    .filter((line) => / (PAYMENT|REFUND) /.test(line));
  differences.compare(`${name}: transactions`, own.toSorted(), objects.flatMap(linesOf).toSorted());
  const sums = { captured: Number(row.amountCaptured), refunded: Number(row.amountRefunded) };
  const their = { captured: sumOf(charges), refunded: sumOf(refunds) };
  differences.compare(`${name}: sums`, sums, their);
  if (settledMs !== null)
    differences.compare(`${name}, ${row.status}`, their, wantedOf(checkout, row.status));
}

/** The sums that a settled payment must have. */
function wantedOf({ steps, amount }: Checkout, status: string): { captured: number; refunded: number } {
  if (status !== 'SUCCEEDED') return { captured: 0, refunded: 0 };
  const capture = steps.find(({ type }) => type === 'capture');
  return {
    captured: capture?.type === 'capture' ? capture.amount : Number(amount.amountMinor),
    refunded: refundsAskedFor({ steps }).reduce((total, one) => total + one, 0),
  };
}

function refundsAskedFor({ steps }: Pick<Checkout, 'steps'>): number[] {
  return steps.flatMap((step) => (step.type === 'refund' ? [step.amount] : []));
}

/** Transactions as in {@link StoredLedger}, with the amount. */
function linesOf(entry: LedgerEntry): string[] {
  const { provider, objectId, charges } = entry;
  return [
    // Our ledger names Stripe's charges by their payment intent, which has one at most.
    ...charges.map(
      ({ id, amount }) => `${provider} PAYMENT ${provider === 'stripe' ? objectId : id} ${amount}`,
    ),
    ...refundsOf(entry).map(({ id, amount }) => `${provider} REFUND ${id} ${amount}`),
  ];
}

function refundsOf({ refunds }: LedgerEntry): LedgerMovement[] {
  return refunds.filter(({ status }) => status !== 'failed');
}

function amountsOf(movements: readonly LedgerMovement[]): number[] {
  return movements.map(({ amount }) => amount);
}

function sumOf(movements: readonly LedgerMovement[]): number {
  return movements.reduce((total, { amount }) => total + amount, 0);
}

/** The values of `found` that are not in `allowed`, or more often than there. */
function tooMany(found: readonly number[], allowed: readonly number[]): number[] {
  const left = [...allowed];
  return found.filter((one) => {
    const at = left.indexOf(one);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}
