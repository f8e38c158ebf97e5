import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  CIRCUMSTANCES_OF_ATTEMPTS as CIRCUMSTANCES,
  sentAt,
  subjectOf,
} from '../testing/attempt-subjects.js';
import { NOW } from '../testing/commands.js';
import { TAKING_FAULTS, type TakingFault, TakingGateway } from '../testing/taking-gateway.js';
import type { Attempt } from './attempt.js';
import { decideAfterCall } from './decide-after-call.js';
import { decideFound, decideNotAsked, decideNothingFound } from './decide-inquiry.js';
import { decideLook } from './decide-look.js';
import { decideSend } from './decide-send.js';
import type { CallFailed } from './outcome.js';
import type { EndStep, PostponeStep, SendStep } from './step.js';
import type { AttemptSubject } from './subject.js';

const LEASE_MS = 30_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const DOWN: CallFailed = {
  kind: 'failed',
  type: 'API_ERROR',
  retryAfterMs: null,
  failure: { code: 'down', message: null },
};

interface World {
  readonly faults: readonly TakingFault[];
  readonly outages: readonly boolean[];
  /** Until then the gateway takes the money. */
  readonly takesMs: number;
  readonly succeeds: boolean;
}

/** Several of a kind in a row are frequent: an outage. */
const faults = fc
  .array(fc.tuple(fc.constantFrom(...TAKING_FAULTS), fc.integer({ min: 1, max: 12 })), { maxLength: 20 })
  .map((runs) => runs.flatMap(([fault, times]) => Array.from({ length: times }, () => fault)));

const worlds: fc.Arbitrary<World> = fc.record({
  faults,
  outages: fc.array(fc.boolean(), { maxLength: 40 }),
  takesMs: fc.oneof(fc.integer({ min: 0, max: HOUR }), fc.integer({ min: 0, max: 14 * DAY })),
  succeeds: fc.boolean(),
});

/** A cancellation that its gateway has refused, run to its end as workers do. */
class Course {
  now = NOW;
  attempt: Attempt;
  readonly gateway: TakingGateway;
  readonly #outages: Iterator<boolean>;

  constructor({ faults, outages, takesMs, succeeds }: World) {
    this.attempt = subjectOf('cancel', 'stripe').attempt;
    this.gateway = new TakingGateway({ faults: ['none', ...faults], settledAt: NOW + takesMs + 1, succeeds });
    this.#outages = outages.values();
  }

  toTheEnd(): EndStep['ending'] {
    for (let steps = 0; steps < 5_000; steps += 1) {
      const step = this.#next();
      if (step.kind === 'end') return step.ending;
      expect(step.dueAt).toBeGreaterThan(this.now);
      expect(step.dueAt - this.now).toBeLessThanOrEqual(HOUR);
      this.now = step.dueAt;
      this.attempt = step.attempt;
    }
    throw new Error('it never ends');
  }

  #next(): EndStep | PostponeStep {
    if (this.attempt.state === 'PENDING') {
      const step = decideSend(this.#subject(), CIRCUMSTANCES.policy);
      if (step.kind === 'check') throw new Error('nobody has to approve it');
      return step.kind === 'send' ? this.#send(step) : step;
    }
    const look = decideLook(this.#subject());
    if (look.kind !== 'inquire') throw new Error(`nothing is known that could ${look.kind}`);
    if (this.#outages.next().value === true) return decideNotAsked(this.#subject(), DOWN, CIRCUMSTANCES);
    const facts = this.gateway.inquire(this.now);
    if (facts !== null) return decideFound(this.#subject(), facts);
    const step = decideNothingFound(this.#subject(), CIRCUMSTANCES);
    return step.kind === 'send' ? this.#send(step) : step;
  }

  #send({ call, isResend }: SendStep): EndStep | PostponeStep {
    this.attempt = sentAt(this.now, this.attempt, isResend);
    const outcome = this.gateway.cancel(call, this.now);
    if (outcome !== null) return decideAfterCall(this.#subject(), outcome, CIRCUMSTANCES);
    const attempt: Attempt = { ...this.attempt, state: 'UNKNOWN', unknownSince: this.now + LEASE_MS };
    return { kind: 'postpone', dueAt: this.now + LEASE_MS, attempt };
  }

  #subject(): AttemptSubject {
    return subjectOf('cancel', 'stripe', { attempt: this.attempt, now: this.now });
  }
}

const RUNS = { numRuns: 100 };

test('whatever goes wrong, it ends once the gateway has taken the money or canceled, not before, and says which', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const course = new Course(world);
      const { state, error } = course.toTheEnd();
      const isCanceled = course.gateway.stateAt(course.now) === 'canceled';
      expect(isCanceled || course.gateway.stateAt(course.now) === 'captured').toBe(true);
      expect({ state, code: error?.code }).toEqual(
        isCanceled ? { state: 'SUCCEEDED' } : { state: 'FAILED', code: 'ALREADY_CAPTURED' },
      );
    }),
    RUNS,
  );
});

test('at a gateway that answers, it is called no more often than every hour in the end, and ends within one', () => {
  const takesMs = fc.integer({ min: 0, max: 14 * DAY });
  fc.assert(
    fc.property(takesMs, fc.boolean(), (takesMs, succeeds) => {
      const course = new Course({ faults: [], outages: [], takesMs, succeeds });
      course.toTheEnd();
      expect(course.now).toBeLessThanOrEqual(NOW + takesMs + 1 + HOUR);
      expect(course.attempt.sends).toBeLessThanOrEqual(50 + takesMs / HOUR);
    }),
    RUNS,
  );
});
