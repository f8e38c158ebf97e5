import type { IntentId } from '@payments/domain';
import type { AppliedCommands, CommandEntry, DecidedCommand, PaymentChange } from '@payments/persistence';
import type { Logger, Metrics } from '@payments/runtime';
import { type ReceivedCommand, typeLabel } from './read-command.js';

/** Logs and metrics of the intents service. */
export class IntentsEvents {
  readonly #logger: Logger;
  readonly #creation;
  readonly #commands;
  readonly #effects;
  readonly #overdue;
  readonly #notExpired;

  constructor(metrics: Metrics, logger: Logger) {
    this.#logger = logger;
    this.#creation = metrics.histogram({
      name: 'payment_creation_duration_seconds',
      help: "From a creation's issuedAt, by its sender's clock, to its intent committed. Target: 0.2.",
      labelNames: ['provider'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10, 60],
    });
    this.#commands = metrics.counter({
      name: 'intent_commands_total',
      help: 'Commands, by outcome; repeated means decided before, a reused id means a different command.',
      labelNames: ['type', 'outcome', 'code'],
    });
    this.#effects = metrics.counter({
      name: 'payment_effects_total',
      help: 'Changes of payments, by type of event.',
      labelNames: ['type'],
    });
    this.#overdue = metrics.histogram({
      name: 'payment_expiry_delay_seconds',
      help: "From an intent's expiresAt to its end committed.",
      buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 600, 3_600],
    });
    this.#notExpired = metrics.counter({
      name: 'payment_expiry_failures_total',
      help: 'Intents that could not be expired at their expiresAt; each is retried after ten minutes. If above zero, see the log.',
    });
  }

  /** A batch was committed. */
  applied(applied: AppliedCommands, received: readonly ReceivedCommand[]): void {
    const now = Date.now();
    const issuedAt = new Map(received.map((one) => [one.entry, one.issuedAt]));
    for (const one of applied.decided) this.#decided(one, now - (issuedAt.get(one.entry) ?? now));
    for (const entry of applied.repeated) this.#count(entry, 'repeated');
    for (const entry of applied.reused) this.#reused(entry);
    for (const change of applied.changes) this.#changed(change);
  }

  /** Intents were expired. */
  expired(applied: AppliedCommands): void {
    this.applied(applied, []);
    const now = Date.now();
    for (const { folded } of applied.changes) {
      const { expiresAt } = folded.payment.intent;
      if (expiresAt !== null) this.#overdue.observe(Math.max(0, now - expiresAt) / 1000);
    }
  }

  /** Logged in addition to its dead letter's line, which has the position. */
  refused(entry: CommandEntry): void {
    this.#count(entry, 'rejected', 'CARD_DATA');
  }

  expiryFailed(error: unknown): void {
    this.#logger.warn({ err: error }, 'intents whose time is over could not be ended, will be tried again');
  }

  /** This one alone: others that are due are still expired. */
  notExpired(intentId: IntentId, error: unknown): void {
    this.#notExpired.inc();
    this.#logger.error(
      { intent_id: intentId, err: error },
      'an intent whose time is over cannot be ended, will be tried again in ten minutes',
    );
  }

  #decided({ entry, rejection, creates }: DecidedCommand, ageMs: number): void {
    const { commandId, intentId, content } = entry;
    this.#count(entry, rejection === null ? 'done' : 'rejected', rejection?.code);
    const line = { command_id: commandId, intent_id: intentId, type: typeLabel(entry), duration_ms: ageMs };
    if (rejection !== null) this.#logger.info({ ...line, ...rejection }, 'command rejected');
    else this.#logger.debug(line, 'command done');
    if (creates && !('code' in content) && content.type === 'create') {
      this.#creation.observe({ provider: content.provider }, Math.max(0, ageMs) / 1000);
    }
  }

  #reused(entry: CommandEntry): void {
    const { commandId, intentId } = entry;
    this.#count(entry, 'rejected', 'COMMAND_ID_REUSED');
    this.#logger.warn(
      { command_id: commandId, intent_id: intentId, type: typeLabel(entry), code: 'COMMAND_ID_REUSED' },
      'another command came under the id of one that was decided: only its sender can say what was meant',
    );
  }

  #changed({ folded }: PaymentChange): void {
    for (const { type } of folded.events) this.#effects.inc({ type });
  }

  #count(entry: CommandEntry, outcome: string, code = ''): void {
    this.#commands.inc({ type: typeLabel(entry), outcome, code });
  }
}
