import {
  type AttemptPolicy,
  type AttemptSubject,
  decideNotBooked,
  type Ending,
  type EndStep,
  type GatewayConfigs,
  hold,
  type PostponeStep,
} from '@payments/domain';
import type { GatewayAnswer } from '@payments/gateways';
import {
  AnotherIsOpenError,
  AnswerNotBookedError,
  applyAnswer,
  type Database,
  type EntityManager,
  LeaseLostError,
  loadSubject,
  markSent,
  postpone,
  type Settled,
  settle,
} from '@payments/persistence';
import type { GatewayEvents } from '../gateway-events.js';
import type { GatewayLine } from '../line/gateway-line.js';
import { commit } from './commit.js';
import { decideNext, type NextCircumstances, type NextStep } from './decide-next.js';
import { coversCall, type HeldAttempt, leftMsOf } from './held-attempt.js';
import { type CallStep, type MadeCall, makeCall } from './make-call.js';

export interface AttemptRunnerDeps {
  readonly database: Database;
  readonly line: GatewayLine;
  readonly configs: () => GatewayConfigs;
  readonly policy: AttemptPolicy;
  readonly events: GatewayEvents;
  /** After each commit that changed a payment. */
  readonly tell: (settled: Settled) => Promise<void>;
}

/** What was decided, and written down unless it is a call that comes next. */
interface Taken {
  readonly subject: AttemptSubject;
  readonly step: NextStep;
  /** What was committed for the payment: with an end, or with what an order showed. */
  readonly settled: Settled | null;
  /** Why the answer's facts could not be booked. */
  readonly notBooked?: string;
}

interface Concluded extends Taken {
  readonly step: EndStep | PostponeStep;
  readonly made: MadeCall | null;
}

/** Takes a leased attempt as far as it goes now: decides, calls, writes down what came of it. */
export class AttemptRunner {
  readonly #deps: AttemptRunnerDeps;

  constructor(deps: AttemptRunnerDeps) {
    this.#deps = deps;
  }

  /** Never rejects: what cannot be written down is looked for by whoever leases the attempt next. */
  async run(held: HeldAttempt): Promise<void> {
    const { events } = this.#deps;
    try {
      await this.#work(held);
    } catch (error) {
      if (error instanceof LeaseLostError) events.leaseLost(held.attempt);
      else events.failed(held.attempt, error);
    }
  }

  /** At most two calls: a question, and the same call sent again because of what it found. */
  async #work(held: HeldAttempt): Promise<void> {
    let taken = await this.#take(held, null);
    let made: MadeCall | null = null;
    while (taken.step.kind !== 'end' && taken.step.kind !== 'postpone') {
      if (made !== null) this.#deps.events.sentAgain(held.attempt, made);
      made = await this.#call(held, taken.step);
      if (made === null) return;
      taken = await this.#takeAfter(held, made, taken.subject);
    }
    await this.#conclude(held, { ...taken, step: taken.step, made });
  }

  /** @returns null if the call cannot end within the lease: then it is not made */
  async #call(held: HeldAttempt, step: CallStep): Promise<MadeCall | null> {
    const { line, events } = this.#deps;
    await line.turn();
    if (!coversCall(held, line.timeoutMs)) {
      events.dropped(held.attempt);
      return null;
    }
    const made = await makeCall(line.client, step);
    events.called(held.attempt, made);
    return made;
  }

  async #takeAfter(held: HeldAttempt, made: MadeCall, before: AttemptSubject): Promise<Taken> {
    // What the gateway did does not depend on what is known here.
    if (made.answer !== null) {
      const step = decideNext(before, this.#circumstances(before), made);
      if (step.kind === 'end') return this.#settle(held, { subject: before, step }, made);
    }
    const taken = await this.#take(held, made);
    const { step } = taken;
    return step.kind === 'end' && taken.settled === null
      ? this.#settle(held, { ...taken, step }, made)
      : taken;
  }

  /**
   * Facts are applied before the payment is locked: an end that brings some is left to {@link #settle}. Those of an
   * order that was read end nothing, and count with the lease that `loadSubject` asks for.
   */
  async #take(held: HeldAttempt, made: MadeCall | null): Promise<Taken> {
    const { database } = this.#deps;
    try {
      return await commit(database, (em) => this.#takeIn(em, held, made), outlasting(held, made));
    } catch (error) {
      if (error instanceof AnotherIsOpenError) return commit(database, (em) => this.#holdIn(em, held));
      if (!(error instanceof AnswerNotBookedError) || made === null || shownTo(made) === null) throw error;
      return { ...(await this.#take(held, { ...made, answer: null })), notBooked: error.message };
    }
  }

  async #takeIn(em: EntityManager, held: HeldAttempt, made: MadeCall | null): Promise<Taken> {
    const { lease, attempt } = held;
    const answer = made === null ? null : shownTo(made);
    const shown = answer === null ? null : await applyAnswer(em, attempt, answer);
    const subject = await loadSubject(em, lease);
    const step = decideNext(subject, this.#circumstances(subject), made);
    if (step.kind === 'send') {
      return { subject: { ...subject, attempt: await markSent(em, lease, step) }, step, settled: null };
    }
    if (step.kind === 'postpone') await postpone(em, lease, step);
    const isToSettle = step.kind === 'end' && (made?.answer ?? null) === null;
    return { subject, step, settled: isToSettle ? await settle(em, held, step.ending) : shown };
  }

  async #holdIn(em: EntityManager, { lease }: HeldAttempt): Promise<Taken> {
    const subject = await loadSubject(em, lease);
    const step = hold(subject.attempt, subject.now, this.#deps.policy);
    await postpone(em, lease, step);
    return { subject, step, settled: null };
  }

  async #settle(
    held: HeldAttempt,
    { subject, step }: { readonly subject: AttemptSubject; readonly step: EndStep },
    made: MadeCall,
  ): Promise<Taken> {
    const { database } = this.#deps;
    try {
      const work = (em: EntityManager) => settle(em, held, step.ending, made.answer);
      return { subject, step, settled: await commit(database, work, outlasting(held, made)) };
    } catch (error) {
      if (!(error instanceof AnswerNotBookedError)) throw error;
      const unbooked = { ending: step.ending, reason: error.message };
      return commit(database, (em) => this.#settleWithoutFactsIn(em, held, unbooked), outlasting(held, made));
    }
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

  async #conclude(
    { attempt: leased }: HeldAttempt,
    { subject: { attempt, now }, made, step, settled, notBooked }: Concluded,
  ): Promise<void> {
    const { events, tell } = this.#deps;
    const wasHeld = leased.heldSince !== null;
    events.concluded({ attempt, now, made, step, settled, notBooked: notBooked ?? null, wasHeld });
    if (settled !== null) await tell(settled);
  }

  #circumstances({ attempt }: AttemptSubject): NextCircumstances {
    const { line, configs, policy } = this.#deps;
    return {
      ...{ policy, random: Math.random(), gateways: Object.values(configs()) },
      keyLifetimeMs: line.client.keyLifetimeMs(attempt.operation),
      refusal: (wanted) => line.refusal(wanted),
    };
  }
}

/** What an order showed to an attempt that waits for its payer. */
function shownTo({ step, answer }: MadeCall): GatewayAnswer | null {
  return step.kind === 'check' ? answer : null;
}

/** Before a call a lost COMMIT may have marked it SENT already. After it, its outcome is worth waiting for Postgres. */
function outlasting(held: HeldAttempt, made: MadeCall | null): { readonly outlastMs: number } {
  return { outlastMs: made === null ? 0 : leftMsOf(held) };
}
