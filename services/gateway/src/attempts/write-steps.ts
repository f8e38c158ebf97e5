import type { AttemptSubject } from '@payments/domain';
import {
  type EntityManager,
  markAllSent,
  postponeAll,
  type Settled,
  settleAll,
  tellRefused,
} from '@payments/persistence';
import type { NextStep } from './decide-next.js';
import type { HeldAttempt } from './held-attempt.js';
import type { MadeCall } from './make-call.js';

/** A decision about an attempt. */
export interface Decided {
  readonly held: HeldAttempt;
  /** The call just made under this lease; null if none was. */
  readonly made: MadeCall | null;
  readonly subject: AttemptSubject;
  readonly step: NextStep;
}

/** The decision; persisted unless a call comes next. */
export interface Taken {
  readonly subject: AttemptSubject;
  readonly step: NextStep;
  /** What was committed for the payment: with an end, with a refusal, or with the facts of an order. */
  readonly settled: Settled | null;
  /** Why the answer's facts could not be applied. */
  readonly notBooked?: string;
}

/**
 * Persists decisions about attempts of different payments, in the transaction that loaded them. An end with facts is
 * left to the caller: facts are applied before the payment is locked.
 *
 * @throws AnotherIsOpenError if one of those to be sent has to wait: roll back
 */
export async function writeSteps(em: EntityManager, decided: readonly Decided[]): Promise<Taken[]> {
  const sendings = decided.flatMap(({ held: { lease }, step }) =>
    step.kind === 'send' ? { lease, step } : [],
  );
  const sent = new Map((await markAllSent(em, sendings)).map((attempt) => [attempt.attemptId, attempt]));
  await postponeAll(
    em,
    decided.flatMap(({ held: { lease }, step }) => (step.kind === 'postpone' ? { lease, step } : [])),
  );
  const settled = new Map([...(await settleWithoutFacts(em, decided)), ...(await tellRefusals(em, decided))]);
  return decided.map(({ held, subject, step }) => {
    const attempt = sent.get(held.attempt.attemptId) ?? subject.attempt;
    return { subject: { ...subject, attempt }, step, settled: settled.get(held) ?? null };
  });
}

async function settleWithoutFacts(
  em: EntityManager,
  decided: readonly Decided[],
): Promise<Map<HeldAttempt, Settled>> {
  const settlements = decided.flatMap(({ held, made, step }) =>
    step.kind === 'end' && (made?.answer ?? null) === null
      ? { leased: held, ending: step.ending, answer: null }
      : [],
  );
  const settled = await settleAll(em, settlements);
  return new Map(settlements.map(({ leased }, index) => [leased, settled[index] as Settled]));
}

async function tellRefusals(
  em: EntityManager,
  decided: readonly Decided[],
): Promise<Map<HeldAttempt, Settled>> {
  const refused = decided.flatMap(({ held, subject: { payment, now }, step }) =>
    step.kind === 'postpone' && step.isRefused ? { held, payment, attempt: step.attempt, now } : [],
  );
  const told = await tellRefused(em, refused);
  return new Map(refused.map(({ held }, index) => [held, told[index] as Settled]));
}
