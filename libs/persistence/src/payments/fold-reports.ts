import {
  currencyExponent,
  type Decision,
  type Fact,
  type FactOnLeg,
  InvalidAmountError,
  PaymentFold,
  type TransactionKey,
  transactionKeyOf,
  UnknownCurrencyError,
} from '@payments/domain';
import type { OutboxHeaders } from '../outbox/append-outbox.js';
import type { LoadedPayment } from './load-payments.js';
import type { PaymentChange } from './payment-change.js';
import type { Report, ReportSource } from './report.js';

/** A report about one payment, with the leg of each fact. */
export interface LocatedReport {
  readonly report: Pick<Report, 'source' | 'leg' | 'headers'>;
  readonly facts: readonly FactOnLeg[];
}

export interface FoldedReports {
  readonly change: PaymentChange;
  /** For each report, in order: its decisions, or the error for which none of its facts can be applied. */
  readonly outcomes: readonly (readonly Decision[] | Error)[];
}

/**
 * Applies reports to one payment, in the given order. A report that cannot be applied is left out and does not affect
 * the others.
 */
export function foldReports(before: LoadedPayment, reports: readonly LocatedReport[]): FoldedReports {
  const fold = new PaymentFold(before.payment);
  // Legs first: a fact in the batch may be older than the answer that opens its object.
  const opened = reports.map(({ report: { leg } }) =>
    tryTo(() => leg?.gatewayObjectId !== undefined && fold.openLeg(leg.leg, leg.gatewayObjectId)),
  );
  const sources = new Map<TransactionKey, ReportSource>();
  const headers = new Map<number, OutboxHeaders>();
  const outcomes = reports.map(({ report, facts }, index) => {
    if (opened[index] instanceof Error) return opened[index];
    const decided = tryTo(() => {
      for (const fact of facts) requireStorable(fact);
      return fold.apply(facts);
    });
    if (decided instanceof Error) return decided;
    noteSources(sources, report.source, decided);
    for (const { event } of decided) {
      if (event !== null && report.headers !== undefined) headers.set(event.version, report.headers);
    }
    return decided;
  });
  return { change: { before, folded: fold.result(), sources, headers }, outcomes };
}

/** The result of `apply`, or the error for which the report cannot be applied. */
function tryTo<Result>(apply: () => Result): Result | Error {
  try {
    return apply();
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

function noteSources(
  sources: Map<TransactionKey, ReportSource>,
  source: ReportSource,
  decisions: readonly Decision[],
): void {
  for (const { changes } of decisions) {
    if (changes.transaction?.action !== 'insert') continue;
    sources.set(transactionKeyOf(changes.transaction.transaction), source);
  }
}

/**
 * Refuses what Postgres would refuse: there it would fail the whole batch, with all reports of other payments.
 */
function requireStorable(fact: Fact): void {
  if (!Number.isSafeInteger(fact.occurredAt) || fact.occurredAt < 0) {
    throw new RangeError('a fact has no time');
  }
  if ('amount' in fact) currencyExponent(fact.amount.currency);
  if ('payment' in fact && fact.payment !== undefined) currencyExponent(fact.payment.amount.currency);
  if ('failure' in fact) {
    requireStorableText(fact.failure?.code);
    requireStorableText(fact.failure?.message);
  }
  if ('nextAction' in fact) requireStorableText(JSON.stringify(fact.nextAction));
}

function requireStorableText(text: string | null | undefined): void {
  if (text?.includes('\0') || text?.includes('\\u0000')) {
    throw new RangeError('a text holds the character NUL');
  }
}
