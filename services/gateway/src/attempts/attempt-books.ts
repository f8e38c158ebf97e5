import {
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

/** Transactions of each kind side by side: while they are under way, what becomes ready gathers for the next. */
const CONCURRENCY = 2;

/**
 * Decides about leased attempts and writes down what was decided. What is ready at the same moment, before calls or
 * after them, shares a transaction.
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
      // A lost COMMIT may have marked them SENT already.
      isRepeatable: (error) => databaseErrorOf(error)?.kind !== 'unavailable',
    });
    this.#ends = new GroupCommit({
      keyOf: ({ leased }) => leased.attempt.paymentIntentId,
      concurrency: CONCURRENCY,
      together: (all) => database.transaction((em) => settleAll(em, all)),
      alone: ({ leased, ending, answer, made }) =>
        commit(database, (em) => settle(em, leased, ending, answer), outlasting(leased, made)),
      // Once committed the lease is gone, which the second time finds.
      isRepeatable: () => true,
    });
  }

  /** Decides what comes next, @param made after this call. An end that brings facts is left to {@link settle}. */
  async take(held: HeldAttempt, made: MadeCall | null): Promise<Taken> {
    const { database } = this.#deps;
    try {
      if (made === null) return await this.#beginnings.run(held);
      return await commit(database, (em) => this.#takeIn(em, { held, made }), outlasting(held, made));
    } catch (error) {
      if (error instanceof AnotherIsOpenError) return commit(database, (em) => this.#holdIn(em, held));
      if (!(error instanceof AnswerNotBookedError) || made === null || shownTo(made) === null) throw error;
      return { ...(await this.take(held, { ...made, answer: null })), notBooked: error.message };
    }
  }

  /** What is done next after an answer, by what was known before its call. */
  decideAnswered(subject: AttemptSubject, made: MadeCall): NextStep {
    return decideNext(subject, this.#circumstances(subject), made);
  }

  /** Ends an attempt with what its call brought. */
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

  /** Of an attempt whose intent is archived, everything waits until that is there again. */
  putOffArchived({ lease }: HeldAttempt): Promise<void> {
    const { database, policy } = this.#deps;
    return commit(database, (em) => putOffArchived(em, lease, policy.reviewInquiryMs));
  }

  /** The facts of an order that was read end nothing, and count with the lease that loading asks for. */
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

/** What an order showed to an attempt that waits for its payer. */
function shownTo({ step, answer }: MadeCall): GatewayAnswer | null {
  return step.kind === 'check' ? answer : null;
}

/** Before a call a lost COMMIT may have marked it SENT already. After it, its outcome is worth waiting for Postgres. */
function outlasting(held: HeldAttempt, made: MadeCall | null): { readonly outlastMs: number } {
  return { outlastMs: made === null ? 0 : leftMsOf(held) };
}
