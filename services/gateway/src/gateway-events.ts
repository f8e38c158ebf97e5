import { type Attempt, type FinalState, type GatewayProvider, INTENT_ARCHIVED } from '@payments/domain';
import { BREAKER_GROUPS, type BreakerChange, type BreakerGroup, type BreakerState } from '@payments/gateways';
import type { PaymentChange } from '@payments/persistence';
import type { Logger, Metrics } from '@payments/runtime';
import type { MadeCall } from './attempts/make-call.js';
import { alertOf, type Conclusion, lineOf, lineOfCall, namesOf, outcomeOf } from './conclusion.js';
import { GatewayTime } from './gateway-time.js';

const BREAKER_STATES: readonly BreakerState[] = ['CLOSED', 'HALF_OPEN', 'OPEN'];
const CONFIRMING: ReadonlySet<string> = new Set(['confirm', 'authorize']);

const CALL_BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 15, 30];
const OWN_TIME_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600];

/** Logs and metrics of a gateway's worker. */
export class GatewayEvents {
  readonly #logger: Logger;
  readonly #provider: GatewayProvider;
  readonly #gatewayTime = new GatewayTime();
  readonly #calls;
  readonly #errors;
  readonly #ends;
  readonly #retrySuccesses;
  readonly #confirmations;
  readonly #effects;
  readonly #paymentAlerts;
  readonly #alerts;
  readonly #discarded;
  readonly #failures;
  readonly #breakers;

  constructor(metrics: Metrics, logger: Logger, provider: GatewayProvider) {
    this.#logger = logger;
    this.#provider = provider;
    this.#calls = metrics.histogram({
      name: 'gateway_request_duration_seconds',
      help: 'Gateway calls, by result; operations include inquire and fetch, which ask about earlier calls, and check, which asks whether the payer has approved. Target: 2.',
      labelNames: ['provider', 'operation', 'outcome'],
      buckets: CALL_BUCKETS_S,
    });
    this.#errors = metrics.counter({
      name: 'gateway_errors_total',
      help: 'Gateway calls that failed, by type of error.',
      labelNames: ['provider', 'type'],
    });
    this.#ends = metrics.counter({
      name: 'gateway_attempts_total',
      help: 'Attempts that ended, by how. The share of SUCCEEDED is the success ratio.',
      labelNames: ['provider', 'operation', 'state'],
    });
    this.#retrySuccesses = metrics.counter({
      name: 'gateway_retry_successes_total',
      help: 'Attempts that succeeded, but not with their first call.',
      labelNames: ['provider', 'operation'],
    });
    this.#confirmations = metrics.histogram({
      name: 'payment_confirmation_duration_seconds',
      help: "From a confirmation being asked for to its outcome committed, without the gateway's own time and without those that waited for the payer. Target: 0.5.",
      labelNames: ['provider'],
      buckets: OWN_TIME_BUCKETS_S,
    });
    this.#effects = metrics.counter({
      name: 'payment_effects_total',
      help: 'Changes of payments, by type of event.',
      labelNames: ['type'],
    });
    this.#paymentAlerts = metrics.counter({
      name: 'payment_alerts_total',
      help: 'Payments that a person has to look at, by reason.',
      labelNames: ['code'],
    });
    this.#alerts = metrics.counter({
      name: 'gateway_alerts_total',
      help: 'Attempts that a person has to look at, by reason: NEEDS_REVIEW, FACTS_REFUSED, INVALID_REQUEST, AUTHENTICATION_ERROR, NOT_CANCELED, INTENT_ARCHIVED.',
      labelNames: ['provider', 'reason'],
    });
    this.#discarded = metrics.counter({
      name: 'gateway_leases_lost_total',
      help: 'Attempts whose lease ran out in this process: what it knew was discarded, and the gateway will be asked.',
      labelNames: ['provider'],
    });
    this.#failures = metrics.counter({
      name: 'gateway_attempt_failures_total',
      help: 'Times that an attempt could not proceed; it is taken up again once its lease has ended.',
      labelNames: ['provider'],
    });
    this.#breakers = metrics.gauge({
      name: 'gateway_breaker_state',
      help: "State of this process's breakers, by group of calls: 1 for the current state.",
      labelNames: ['provider', 'group', 'state'],
    });
    for (const group of BREAKER_GROUPS) this.#setBreaker(group, 'CLOSED');
  }

  /** A call has ended; its outcome is not committed yet. */
  called({ operation, commandId, leg }: Attempt, made: MadeCall): void {
    const { step, failed, durationMs } = made;
    const provider = this.#provider;
    const labels = { provider, operation: step.kind === 'send' ? operation : step.kind };
    this.#calls.observe({ ...labels, outcome: outcomeOf(made) }, durationMs / 1000);
    if (failed !== null) this.#errors.inc({ provider, type: failed.type });
    this.#gatewayTime.add({ commandId, leg }, durationMs);
  }

  /** An inquiry found no trace of a call: the same call is repeated at once. */
  sentAgain(attempt: Attempt, asked: MadeCall): void {
    this.#logger.info({ ...namesOf(attempt), ...lineOfCall(asked) }, 'gateway call is sent again');
  }

  /** One line per attempt that made progress, with its call. */
  concluded(conclusion: Conclusion): void {
    const { step, settled } = conclusion;
    const alert = alertOf(conclusion);
    if (alert === null) {
      this.#logger.info(lineOf(conclusion), 'gateway attempt');
    } else {
      this.#alerts.inc({ provider: this.#provider, reason: alert });
      this.#logger.error({ ...lineOf(conclusion), alert }, 'gateway attempt needs a look');
    }
    if (step.kind === 'end') this.#ended(conclusion, step.ending.state);
    for (const change of settled?.changes ?? []) this.#changed(change);
  }

  /** The lease was lost: another process continues with the attempt. */
  leaseLost(attempt: Attempt): void {
    this.#discarded.inc({ provider: this.#provider });
    this.#logger.warn(
      namesOf(attempt),
      'the lease of an attempt was lost: what came of its call is discarded',
    );
  }

  /** Too little of the lease was left for a call: its outcome counts as unknown until the gateway is queried. */
  dropped(attempt: Attempt): void {
    this.#discarded.inc({ provider: this.#provider });
    this.#logger.warn(namesOf(attempt), 'a call was not made: its lease would have ended before it');
  }

  /** Postponed until the partition of its intent is back, with occasional checks; logged the first time. */
  archived(attempt: Attempt): void {
    if (attempt.inquiryError?.code === INTENT_ARCHIVED) return;
    this.#alerts.inc({ provider: this.#provider, reason: INTENT_ARCHIVED });
    this.#logger.error(
      { ...namesOf(attempt), alert: INTENT_ARCHIVED },
      'an attempt is not finished, and the partition of its intent is archived: attach it again',
    );
  }

  failed(attempt: Attempt, error: unknown): void {
    this.#failures.inc({ provider: this.#provider });
    this.#logger.warn({ ...namesOf(attempt), err: error }, 'an attempt could not be taken further now');
  }

  leaseFailed(error: unknown): void {
    this.#logger.warn({ err: error }, 'attempts could not be leased, will be tried again');
  }

  breakerChanged({ provider, group, state }: BreakerChange): void {
    this.#setBreaker(group, state);
    this.#logger[state === 'OPEN' ? 'warn' : 'info']({ provider, group, state }, 'breaker of a gateway');
  }

  #setBreaker(group: BreakerGroup, now: BreakerState): void {
    for (const state of BREAKER_STATES) {
      this.#breakers.set({ provider: this.#provider, group, state }, state === now ? 1 : 0);
    }
  }

  #ended({ attempt, made, wasHeld }: Conclusion, state: FinalState): void {
    const { operation, sends, askedAt } = attempt;
    const provider = this.#provider;
    this.#ends.inc({ provider, operation, state });
    const isSentAgain = made?.step.kind === 'send' && sends > 1;
    if (state === 'SUCCEEDED' && isSentAgain) this.#retrySuccesses.inc({ provider, operation });
    if (!CONFIRMING.has(operation) || wasHeld || state === 'NOT_EXECUTED') return;
    const ownMs = Date.now() - askedAt - this.#gatewayTime.of(attempt);
    this.#confirmations.observe({ provider }, Math.max(0, ownMs) / 1000);
  }

  #changed({ folded }: PaymentChange): void {
    for (const { type } of folded.events) this.#effects.inc({ type });
    const { intentId } = folded.payment.intent;
    for (const { code, leg, objectId } of folded.alerts) {
      this.#paymentAlerts.inc({ code });
      this.#logger.warn({ intent_id: intentId, code, leg, object_id: objectId }, 'payment needs a look');
    }
  }
}
