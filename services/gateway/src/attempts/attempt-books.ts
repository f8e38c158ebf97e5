import {
  ANSWER_NOT_BOOKED,
  type AttemptPolicy,
  type AttemptSubject,
  decideNotBooked,
  type Ending,
  type EndStep,
  type GatewayConfigs,
  hold,
} from '@payments/domain';
import type { GatewayAnswer } from '@payments/gateways';
import {
  AnotherIsOpenError,
  AnswerNotBookedError,
  applyAnswers,
  type Database,
  databaseErrorOf,
  type EntityManager,
  loadSubject,
  loadSubjects,
  postpone,
  putOffArchived,
  type Settled,
  type Settlement,
  settle,
  settleAll,
} from '@payments/persistence';
import type { GatewayLine } from '../line/gateway-line.js';
import { commit } from './commit.js';
import { decideNext, type NextCircumstances, type NextStep } from './decide-next.js';
import { GroupCommit } from './group-commit.js';
import { type HeldAttempt, leftMsOf } from './held-attempt.js';
import type { MadeCall } from './make-call.js';
import { type Taken, writeSteps } from './write-steps.js';

export interface AttemptBooksDeps {
  readonly database: Database;
  readonly line: GatewayLine;
  readonly configs: () => GatewayConfigs;
  readonly policy: AttemptPolicy;
}

interface Taking {
  readonly held: HeldAttempt;
  readonly made: MadeCall | null;
}

interface AnsweredEnd extends Settlement {
  readonly leased: HeldAttempt;
  readonly made: MadeCall;
}

/** Concurrent transactions of each kind: what becomes ready while they run is gathered for the next. */
const CONCURRENCY = 2;

/**
 * Decides what to do about leased attempts and persists it. Attempts that are ready at the same moment, before a call
 * or after one, share a transaction.
 */
export class AttemptBooks {
  readonly #deps: AttemptBooksDeps;
  readonly #beginnings: GroupCommit<HeldAttempt, Taken>;
  readonly #ends: GroupCommit<AnsweredEnd, Settled>;

  constructor(deps: AttemptBooksDeps) {
    this.#deps = deps;
    const { database } = deps;
    this.#beginnings = new GroupCommit({
      keyOf: (held) => held.attempt.paymentIntentId,
      concurrency: CONCURRENCY,
      together: (all) => database.transaction((em) => this.#decideIn(em, all.map(untried))),
      alone: (held) => commit(database, (em) => this.#takeIn(em, untried(held))),
      // A commit whose reply was lost may have marked them SENT already.
      isRepeatable: (error) => databaseErrorOf(error)?.kind !== 'unavailable',
    });
    this.#ends = new GroupCommit({
      keyOf: ({ leased }) => leased.attempt.paymentIntentId,
      concurrency: CONCURRENCY,
      together: (all) => database.transaction((em) => settleAll(em, all)),
      alone: ({ leased, ending, answer, made }) =>
        commit(database, (em) => settle(em, leased, ending, answer), outlasting(leased, made)),
      // The first commit releases the lease, which a repetition notices.
      isRepeatable: () => true,
    });
  }

  /** Decides what comes next, after `made` if a call was made. An end with facts is left to {@link settle}. */
  async take(held: HeldAttempt, made: MadeCall | null): Promise<Taken> {
    const { database } = this.#deps;
    try {
      if (made === null) return await this.#beginnings.run(held);
      return await commit(database, (em) => this.#takeIn(em, { held, made }), outlasting(held, made));
    } catch (error) {
      if (error instanceof AnotherIsOpenError) return commit(database, (em) => this.#holdIn(em, held));
      if (!(error instanceof AnswerNotBookedError) || made === null || shownTo(made) === null) throw error;
      return { ...(await this.take(held, asNotRead(made))), notBooked: error.message };
    }
  }

  /** The next step after an answer, according to what was known before its call. */
  decideAnswered(subject: AttemptSubject, made: MadeCall): NextStep {
    return decideNext(subject, this.#circumstances(subject), made);
  }

  /** Ends an attempt with the answer to its call. */
  async settle(
    held: HeldAttempt,
    { subject, step }: { readonly subject: AttemptSubject; readonly step: EndStep },
    made: MadeCall,
  ): Promise<Taken> {
    const { database } = this.#deps;
    const { ending } = step;
    try {
      const settled = await this.#ends.run({ leased: held, ending, answer: made.answer, made });
      return { subject, step, settled };
    } catch (error) {
      if (!(error instanceof AnswerNotBookedError)) throw error;
      const unbooked = { ending, reason: error.message };
      return commit(database, (em) => this.#settleWithoutFactsIn(em, held, unbooked), outlasting(held, made));
    }
  }

  /** An attempt of an archived intent is postponed as it is, until the intent is restored. */
  putOffArchived({ lease }: HeldAttempt): Promise<void> {
    const { database, policy } = this.#deps;
    return commit(database, (em) => putOffArchived(em, lease, policy.reviewInquiryMs));
  }

  /** Facts of an order that was read do not end the attempt; they are applied under the lease that loading checks. */
  async #takeIn(em: EntityManager, taking: Taking): Promise<Taken> {
    const { held, made } = taking;
    const answer = made === null ? null : shownTo(made);
    const shown =
      answer === null ? null : await applyAnswers(em, [{ attempt: held.attempt, answer, ends: false }]);
    const [taken] = await this.#decideIn(em, [taking]);
    if (taken === undefined) throw new Error('an attempt was not decided on');
    return { ...taken, settled: taken.settled ?? shown };
  }

  async #decideIn(em: EntityManager, takings: readonly Taking[]): Promise<Taken[]> {
    const subjects = await loadSubjects(
      em,
      takings.map(({ held }) => held.lease),
    );
    const decided = subjects.map((subject, index) => {
      const { held, made } = takings[index] as Taking;
      return { held, made, subject, step: decideNext(subject, this.#circumstances(subject), made) };
    });
    return writeSteps(em, decided);
  }

  async #holdIn(em: EntityManager, { lease }: HeldAttempt): Promise<Taken> {
    const subject = await loadSubject(em, lease);
    const step = hold(subject.attempt, subject.now, this.#deps.policy);
    await postpone(em, lease, step);
    return { subject, step, settled: null };
  }

  async #settleWithoutFactsIn(
    em: EntityManager,
    held: HeldAttempt,
    unbooked: { readonly ending: Ending; readonly reason: string },
  ): Promise<Taken> {
    const subject = await loadSubject(em, held.lease);
    const step = decideNotBooked(subject, unbooked, this.#deps);
    if (step.kind === 'postpone') await postpone(em, held.lease, step);
    const settled = step.kind === 'end' ? await settle(em, held, step.ending) : null;
    return { subject, step, settled, notBooked: unbooked.reason };
  }

  #circumstances({ attempt }: AttemptSubject): NextCircumstances {
    const { line, configs, policy } = this.#deps;
    return {
      policy,
      random: Math.random(),
      gateways: Object.values(configs()),
      keyLifetimeMs: line.client.keyLifetimeMs(attempt.operation),
      refusal: (wanted) => line.refusal(wanted),
    };
  }
}

function untried(held: HeldAttempt): Taking {
  return { held, made: null };
}

/** The facts of an order that was read for an attempt waiting for its payer. */
function shownTo({ step, answer }: MadeCall): GatewayAnswer | null {
  return step.kind === 'check' ? answer : null;
}

/** What an order shows and cannot be applied counts as not read: the order is there all the same. */
function asNotRead(made: MadeCall): MadeCall {
  const failure = { code: ANSWER_NOT_BOOKED, message: null };
  return {
    ...made,
    answer: null,
    failed: { kind: 'failed', type: 'UNKNOWN_OUTCOME', failure, retryAfterMs: null },
  };
}

/**
 * Before a call, a commit whose reply was lost may have marked the attempt SENT. After it, the outcome is worth
 * waiting for Postgres.
 */
function outlasting(held: HeldAttempt, made: MadeCall | null): { readonly outlastMs: number } {
  return { outlastMs: made === null ? 0 : leftMsOf(held) };
}
