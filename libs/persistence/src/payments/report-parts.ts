import { type Fact, strongestOutcome } from '@payments/domain';
import { asManyAsFit } from './object-ref.js';
import type { Report, SettledVerdict, Verdict } from './report.js';

/**
 * Splits a report by payment: a dispute over several captures has a part for each, identified by its capture alone,
 * since the captures may belong to different payments. What is reported beside it, as by a gateway that was asked about
 * it, is one more part, identified by its own facts. Every other report is one part.
 */
export function partsOf(report: Report): readonly Report[] {
  const { facts, leg } = report;
  const [disputes, others] = [facts.filter(isDispute), facts.filter((fact) => !isDispute(fact))];
  if (leg !== undefined || disputes.length < 2) return [report];
  const parts = disputes.map((fact) => ({ ...report, objectIds: [], intentId: null, facts: [fact] }));
  return others.length === 0 ? parts : [{ ...report, objectIds: [], facts: others }, ...parts];
}

function isDispute({ kind }: Fact): boolean {
  return kind === 'dispute';
}

/**
 * The verdict of a report by those of its parts. It waits while one of them waits, and is then applied as a whole
 * again: applying the other parts twice is harmless.
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

/** The row of the webhook references the first payment. */
function together(parts: readonly SettledVerdict[]): SettledVerdict {
  const [first] = parts as readonly [SettledVerdict];
  return {
    status: strongestOutcome(parts.map(({ status }) => status)),
    paymentIntentId: first.paymentIntentId,
    decisions: parts.flatMap(({ decisions }) => decisions),
  };
}
