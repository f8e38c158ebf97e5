import {
  AMOUNT_MINOR_MAX,
  currencyExponent,
  type Decision,
  decideAll,
  type Fact,
  type FactOnLeg,
  type FoldedDecisions,
  InvalidAmountError,
  type Payment,
  sumsIn,
  type TransactionKey,
  transactionKeyOf,
  UnknownCurrencyError,
} from '@payments/domain';
import type { LoadedPayment } from './load-payments.js';
import type { PaymentChange } from './payment-change.js';
import type { Report, ReportSource } from './report.js';

/** A report of one payment, with the leg of each of its facts. */
export interface LocatedReport {
  readonly report: Pick<Report, 'source' | 'leg'>;
  readonly facts: readonly FactOnLeg[];
}

export interface FoldedReports {
  readonly change: PaymentChange;
  /** One for each report, in order: its decisions, or why none of its facts can be applied. */
  readonly outcomes: readonly (readonly Decision[] | Error)[];
}

/**
 * Applies reports to one payment, in the order given. A report that cannot be applied is left out, and the others
 * are decided as if it had not been.
 */
export function foldReports(before: LoadedPayment, reports: readonly LocatedReport[]): FoldedReports {
  const payment = withLegObjects(before.payment, reports);
  const errors = new Map<LocatedReport, Error>();
  let usable = reports;
  let folded = tryToFold(payment, reports);
  if (folded instanceof Error) {
    usable = usableOf(payment, reports, errors);
    folded = decideAll(
      payment,
      usable.flatMap(({ facts }) => facts),
    );
  }
  const decided = decisionsOf(usable, folded);
  return {
    change: { before, folded, sources: sourcesOf(usable, decided) },
    outcomes: reports.map((report) => errors.get(report) ?? decided.get(report) ?? []),
  };
}

function usableOf(
  payment: Payment,
  reports: readonly LocatedReport[],
  errors: Map<LocatedReport, Error>,
): LocatedReport[] {
  let current = payment;
  return reports.filter((report) => {
    const folded = tryToFold(current, [report]);
    if (folded instanceof Error) {
      errors.set(report, folded);
      return false;
    }
    current = folded.payment;
    return true;
  });
}

function tryToFold(payment: Payment, reports: readonly LocatedReport[]): FoldedDecisions | Error {
  try {
    const facts = reports.flatMap((report) => report.facts);
    for (const fact of facts) requireStorable(fact);
    const folded = decideAll(payment, facts);
    for (const sum of Object.values(sumsIn(folded.payment.intent))) requireAmount(sum);
    return folded;
  } catch (error) {
    if (
      error instanceof RangeError ||
      error instanceof InvalidAmountError ||
      error instanceof UnknownCurrencyError
    ) {
      return error;
    }
    throw error;
  }
}

/**
 * What Postgres would refuse has to be found here: there it would fail the whole batch, and in a webhook that had
 * waited, the innocent one that claims it.
 */
function requireStorable(fact: Fact): void {
  if (!Number.isSafeInteger(fact.occurredAt) || fact.occurredAt < 0) {
    throw new RangeError('a fact has no time');
  }
  if ('amount' in fact) currencyExponent(fact.amount.currency);
  if ('payment' in fact && fact.payment !== undefined) currencyExponent(fact.payment.amount.currency);
  const texts = [
    'failure' in fact ? fact.failure?.code : undefined,
    'failure' in fact ? fact.failure?.message : undefined,
    'nextAction' in fact ? JSON.stringify(fact.nextAction) : undefined,
  ];
  if (texts.some((text) => text?.includes('\0') || text?.includes('\\u0000'))) {
    throw new RangeError('a text holds the character NUL');
  }
}

function requireAmount(amount: bigint): void {
  if (amount > AMOUNT_MINOR_MAX) throw new InvalidAmountError('the sum of the payment grows too large');
}

/** Legs take the object that the gateway opened for them; the first one stays. */
function withLegObjects(payment: Payment, reports: readonly LocatedReport[]): Payment {
  const opened = new Map<number, string>();
  for (const { leg } of reports.map(({ report }) => report)) {
    if (leg?.gatewayObjectId !== undefined && !opened.has(leg.leg)) opened.set(leg.leg, leg.gatewayObjectId);
  }
  if (opened.size === 0) return payment;
  return {
    ...payment,
    legs: payment.legs.map((leg) => {
      const gatewayObjectId = opened.get(leg.leg);
      return leg.gatewayObjectId !== null || gatewayObjectId === undefined
        ? leg
        : { ...leg, gatewayObjectId };
    }),
  };
}

function decisionsOf(
  reports: readonly LocatedReport[],
  { decisions }: FoldedDecisions,
): Map<LocatedReport, Decision[]> {
  let next = 0;
  return new Map(
    reports.map((report) => {
      const own = decisions.slice(next, next + report.facts.length);
      next += report.facts.length;
      return [report, own];
    }),
  );
}

function sourcesOf(
  reports: readonly LocatedReport[],
  decided: ReadonlyMap<LocatedReport, readonly Decision[]>,
): Map<TransactionKey, ReportSource> {
  const sources = new Map<TransactionKey, ReportSource>();
  for (const report of reports) {
    for (const { changes } of decided.get(report) ?? []) {
      if (changes.transaction?.action !== 'insert') continue;
      sources.set(transactionKeyOf(changes.transaction.transaction), report.report.source);
    }
  }
  return sources;
}
