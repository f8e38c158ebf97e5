import type { AttemptSubject, EndStep, PostponeStep } from '@payments/domain';
import { IntentArchivedError, LeaseLostError } from '@payments/persistence';
import type { TellChanges } from '@payments/worker';
import type { GatewayEvents } from '../gateway-events.js';
import { AttemptBooks, type AttemptBooksDeps } from './attempt-books.js';
import { coversCall, type HeldAttempt } from './held-attempt.js';
import { type CallStep, type MadeCall, makeCall } from './make-call.js';
import type { Taken } from './write-steps.js';

export interface AttemptRunnerDeps extends AttemptBooksDeps {
  readonly events: GatewayEvents;
  /** After each commit that changed a payment. */
  readonly tell: TellChanges;
}

interface Concluded extends Taken {
  readonly step: EndStep | PostponeStep;
  readonly made: MadeCall | null;
}

/** Takes a leased attempt as far as it goes now: decides, calls, writes down what came of it. */
export class AttemptRunner {
  readonly #deps: AttemptRunnerDeps;
  readonly #books: AttemptBooks;

  constructor(deps: AttemptRunnerDeps) {
    this.#deps = deps;
    this.#books = new AttemptBooks(deps);
  }

  /**
   * Never rejects: what cannot be written down is looked for by whoever leases the attempt next.
   *
   * @returns whether others may be due because of its end
   */
  async run(held: HeldAttempt): Promise<boolean> {
    const { events } = this.#deps;
    try {
      return await this.#unlessArchived(held);
    } catch (error) {
      if (error instanceof LeaseLostError) events.leaseLost(held.attempt);
      else events.failed(held.attempt, error);
      return false;
    }
  }

  async #unlessArchived(held: HeldAttempt): Promise<boolean> {
    try {
      return await this.#work(held);
    } catch (error) {
      if (!(error instanceof IntentArchivedError)) throw error;
      await this.#books.putOffArchived(held);
      this.#deps.events.archived(held.attempt);
      return false;
    }
  }

  /** At most two calls: a question, and the same call sent again because of what it found. */
  async #work(held: HeldAttempt): Promise<boolean> {
    let taken = await this.#books.take(held, null);
    let made: MadeCall | null = null;
    while (taken.step.kind !== 'end' && taken.step.kind !== 'postpone') {
      if (made !== null) this.#deps.events.sentAgain(held.attempt, made);
      made = await this.#call(held, taken.step);
      if (made === null) return false;
      taken = await this.#takeAfter(held, made, taken.subject);
    }
    await this.#conclude(held, { ...taken, step: taken.step, made });
    return taken.settled?.othersDue ?? false;
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
      const step = this.#books.decideAnswered(before, made);
      if (step.kind === 'end') return this.#books.settle(held, { subject: before, step }, made);
    }
    const taken = await this.#books.take(held, made);
    const { step } = taken;
    return step.kind === 'end' && taken.settled === null
      ? this.#books.settle(held, { ...taken, step }, made)
      : taken;
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
}
