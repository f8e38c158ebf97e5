import { strongestOutcome } from '@payments/domain';
import { asManyAsFit } from './object-ref.js';
import type { Report, SettledVerdict, Verdict } from './report.js';

/**
 * A report by the payments that it may be about: a dispute over several captures in one part for each, known by its
 * capture alone, since what they have in common ties them to no payment. Everything else is one part.
 */
export function partsOf(report: Report): readonly Report[] {
  const { facts, leg } = report;
  const isOverSeveral =
    leg === undefined && facts.length > 1 && facts.every(({ kind }) => kind === 'dispute');
  if (!isOverSeveral) return [report];
  return facts.map((fact) => ({ ...report, objectIds: [], intentId: null, facts: [fact] }));
}

/**
 * What became of a report, by what became of its parts. It waits while one of them does, and is applied once more
 * then: what was applied of it already repeats harmlessly.
 */
export function wholeVerdict(parts: readonly Verdict[]): Verdict {
  const [first] = parts;
  if (first === undefined) throw new Error('a report without a part');
  if (parts.length === 1) return first;
  const waiting = parts.filter((one) => one.status === 'UNMATCHED');
  if (waiting.length > 0) {
    const waitsFor = new Set(waiting.flatMap((one) => one.waitsFor));
    return { status: 'UNMATCHED', paymentIntentId: null, waitsFor: asManyAsFit([...waitsFor]) };
  }
  return parts.find((one) => one.status === 'FAILED') ?? together(parts as readonly SettledVerdict[]);
}

/** Its row names the first payment. */
function together(parts: readonly SettledVerdict[]): SettledVerdict {
  const [first] = parts as readonly [SettledVerdict];
  return {
    status: strongestOutcome(parts.map(({ status }) => status)),
    paymentIntentId: first.paymentIntentId,
    decisions: parts.flatMap(({ decisions }) => decisions),
  };
}
