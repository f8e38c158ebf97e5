import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { GatewayProvider } from '../gateway-provider.js';
import { CIRCUMSTANCES_OF_ATTEMPTS, legAt, sentAt, subjectOf } from '../testing/attempt-subjects.js';
import { NOW } from '../testing/commands.js';
import { FAULTS, type Fault, FaultyGateways } from '../testing/faulty-gateways.js';
import { type Attempt, isOpenMoney } from './attempt.js';
import { decideAfterCall } from './decide-after-call.js';
import { decideFound, decideNotAsked, decideNothingFound } from './decide-inquiry.js';
import { decideLook } from './decide-look.js';
import { decideSend } from './decide-send.js';
import type { CallFailed } from './outcome.js';
import type { EndStep, PostponeStep, SendStep } from './step.js';
import type { AttemptCircumstances, AttemptSubject } from './subject.js';

const LEASE_MS = 30_000;
const DAY = 24 * 3_600_000;
const DOWN: CallFailed = {
  kind: 'failed',
  type: 'API_ERROR',
  retryAfterMs: null,
  failure: { code: 'down', message: null },
};
const PROVIDERS: readonly GatewayProvider[] = ['stripe', 'paypal', 'razorpay'];

/** What a checkout with fallbacks comes to, told by what its gateways saw. */
interface Course {
  readonly end: EndStep['ending'];
  readonly gateways: FaultyGateways;
  /** By leg. */
  readonly sends: readonly number[];
  readonly tookMs: number;
}

interface World {
  readonly faults: readonly Fault[];
  readonly outages: readonly boolean[];
  readonly keyLifetimeMs: number;
  readonly random: number;
  readonly operation: 'confirm' | 'refund';
}

/** What needs several of a kind in a row to hurt is frequent. */
const faults: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...FAULTS) },
  { weight: 2, arbitrary: fc.constantFrom<Fault>('late', 'refused_connection') },
);

const worlds: fc.Arbitrary<World> = fc.record({
  faults: fc.array(faults, { maxLength: 40 }),
  outages: fc.array(fc.boolean(), { maxLength: 40 }),
  keyLifetimeMs: fc.constantFrom(0, 5_000, 120_000, DAY),
  random: fc.double({ min: 0, max: 0.999, noNaN: true }),
  operation: fc.constantFrom('confirm', 'refund'),
});

/** Runs an attempt, and those that it is taken over by, to the end, as workers do. */
function run({ faults, outages, keyLifetimeMs, random, operation }: World): Course {
  const [nextFault, nextOutage] = [faults.values(), outages.values()];
  const gateways = new FaultyGateways({
    keyLifetimeMs,
    settlesWithinMs: CIRCUMSTANCES_OF_ATTEMPTS.policy.quietMs - 1,
    // In the end it comes through.
    nextFault: () => nextFault.next().value ?? 'none',
    canBeAsked: () => nextOutage.next().value !== true,
  });
  const circumstances = { ...CIRCUMSTANCES_OF_ATTEMPTS, keyLifetimeMs, random };
  const sends: number[] = [];
  let now = NOW;
  for (let leg = 1; ; leg += 1) {
    const course = new Leg({ leg, operation, circumstances, gateways, now });
    const end = course.toTheEnd();
    sends.push(course.attempt.sends);
    now = course.now;
    if (end.failOver === null) return { end, gateways, sends, tookMs: now - NOW };
  }
}

/** One leg, with its attempt. */
class Leg {
  now: number;
  attempt: Attempt;
  readonly #start: Omit<ConstructorParameters<typeof Leg>[0], 'now'>;

  constructor({
    now,
    ...start
  }: {
    readonly leg: number;
    readonly operation: World['operation'];
    readonly circumstances: AttemptCircumstances;
    readonly gateways: FaultyGateways;
    readonly now: number;
  }) {
    this.now = now;
    this.#start = start;
    this.attempt = { ...this.#subject({ askedAt: now }).attempt };
  }

  toTheEnd(): EndStep['ending'] {
    for (let steps = 0; steps < 5_000; steps += 1) {
      const step = this.#next();
      if (step.kind === 'end') return step.ending;
      expect(step.dueAt).toBeGreaterThanOrEqual(this.now);
      expect(step.dueAt - this.now).toBeLessThanOrEqual(3_600_000);
      this.now = step.dueAt;
      this.attempt = step.attempt;
    }
    throw new Error('it never ends');
  }

  #next(): EndStep | PostponeStep {
    const { policy } = this.#start.circumstances;
    if (this.attempt.state === 'PENDING') {
      const step = decideSend(this.#subject(), policy);
      if (step.kind === 'check') throw new Error('the payer has approved');
      return step.kind === 'send' ? this.#send(step) : step;
    }
    const look = decideLook(this.#subject());
    if (look.kind !== 'inquire') throw new Error(`nothing is known that could ${look.kind}`);
    const found = this.#start.gateways.inquire(look.call, this.now);
    if (found === true) return decideFound(this.#subject(), []);
    const step =
      found === undefined
        ? decideNotAsked(this.#subject(), DOWN, this.#start.circumstances)
        : decideNothingFound(this.#subject(), this.#start.circumstances);
    return step.kind === 'send' ? this.#send(step) : step;
  }

  #send({ call, isResend }: SendStep): EndStep | PostponeStep {
    this.attempt = sentAt(this.now, this.attempt, isResend);
    const outcome = this.#start.gateways.send(this.attempt.provider, call, this.now);
    if (outcome !== null) return decideAfterCall(this.#subject(), outcome, this.#start.circumstances);
    const unknownSince = this.attempt.unknownSince ?? this.now + LEASE_MS;
    return {
      kind: 'postpone',
      dueAt: this.now + LEASE_MS,
      attempt: { ...this.attempt, state: 'UNKNOWN', unknownSince },
    };
  }

  #subject(said: Partial<Attempt> = this.attempt): AttemptSubject {
    const { leg, operation } = this.#start;
    const isRefund = operation === 'refund';
    const legs = PROVIDERS.slice(0, leg).map((provider, index) =>
      legAt(index + 1, provider, `object_${index + 1}`),
    );
    const fallbacks = PROVIDERS.slice(1).map((gatewayProvider) => ({
      gatewayProvider,
      paymentMethodToken: 'token',
    }));
    return subjectOf(operation, PROVIDERS[leg - 1] ?? 'stripe', {
      legs,
      terms: { fallbacks },
      now: this.now,
      attempt: { leg, ...said },
      intent: { currentLeg: leg, ...(isRefund && { amountCaptured: 1999n }) },
      transactions: isRefund ? [{ objectId: 'paid', leg }] : [],
    });
  }
}

const RUNS = { numRuns: 500 };

test('whatever goes wrong, money moves at most once over all gateways, and the end says whether it did', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const { end, gateways } = run(world);
      expect(gateways.executions.length).toBeLessThanOrEqual(1);
      expect(end.state === 'SUCCEEDED').toBe(gateways.executions.length === 1);
    }),
    RUNS,
  );
});

test('a checkout makes a bounded number of calls, and is over within hours', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const { sends, tookMs } = run({ ...world, operation: 'confirm' });
      // A first try and three more, each of them sent again at most once.
      for (const made of sends) expect(made).toBeLessThanOrEqual(8);
      expect(tookMs).toBeLessThan(6 * 3_600_000);
    }),
    RUNS,
  );
});

test('an unknown outcome neither fails over nor ends without proof', () => {
  const { policy } = CIRCUMSTANCES_OF_ATTEMPTS;
  const subjects = fc.record({
    agoMs: fc.integer({ min: 0, max: 2 * DAY }),
    notFoundAgoMs: fc.option(fc.integer({ min: 0, max: DAY })),
    resends: fc.constantFrom(0, 1),
    retries: fc.integer({ min: 0, max: 5 }),
    inquiries: fc.integer({ min: 0, max: 60 }),
    keyLifetimeMs: fc.constantFrom(0, DAY),
  });
  fc.assert(
    fc.property(subjects, ({ agoMs, notFoundAgoMs, keyLifetimeMs, ...counts }) => {
      const sentAt = NOW - agoMs;
      const notFoundSince = notFoundAgoMs === null ? null : NOW - notFoundAgoMs;
      const fallbacks = [{ gatewayProvider: 'paypal', paymentMethodToken: 'token' }] as const;
      const subject = subjectOf('confirm', 'stripe', {
        terms: { fallbacks },
        attempt: {
          state: 'UNKNOWN',
          firstSentAt: sentAt,
          lastSentAt: sentAt,
          unknownSince: sentAt,
          notFoundSince,
          ...counts,
        },
      });
      const circumstances = { ...CIRCUMSTANCES_OF_ATTEMPTS, keyLifetimeMs };
      expect(decideNotAsked(subject, DOWN, circumstances)).toMatchObject({ attempt: { state: 'UNKNOWN' } });
      const step = decideNothingFound(subject, circumstances);
      const isLeft = step.kind === 'end' || (step.kind === 'postpone' && step.attempt.state !== 'UNKNOWN');
      if (isLeft) {
        expect(agoMs).toBeGreaterThanOrEqual(policy.quietMs);
        expect(notFoundSince).not.toBeNull();
      }
    }),
    RUNS,
  );
});

test('nothing that moves money is sent while anything that does is open', () => {
  const operations = fc.constantFrom('confirm', 'authorize', 'capture', 'refund', 'create', 'cancel');
  const states = fc.constantFrom('PENDING', 'SENT', 'UNKNOWN');
  fc.assert(
    fc.property(
      fc.constantFrom('confirm', 'authorize', 'capture', 'refund'),
      operations,
      states,
      (operation, other, state) => {
        const open = { ...subjectOf(other, 'stripe').attempt, state } as const;
        const said = operation === 'refund' ? { intent: { amountCaptured: 1999n }, transactions: [{}] } : {};
        const step = decideSend(
          subjectOf(operation, 'stripe', { ...said, others: [open] }),
          CIRCUMSTANCES_OF_ATTEMPTS.policy,
        );
        expect(step.kind).toBe(isOpenMoney(open) ? 'postpone' : 'send');
      },
    ),
  );
});
