import { type CommandOutcome, TOPICS } from '@payments/contracts';
import type { RunningConsumer } from '@payments/messaging';
import { type ConsumeOptions, consumeValues } from './consume-values.js';

export interface ConsumeCommandOutcomesOptions extends ConsumeOptions {
  /**
   * Receives the outcomes of all senders' commands, at least once: find your own by `commandId`. If it rejects, the
   * same outcome is redelivered after a backoff.
   */
  readonly onOutcome: (outcome: CommandOutcome) => Promise<void>;
}

/** Consumes the outcomes of commands. */
export function consumeCommandOutcomes({
  onOutcome,
  ...options
}: ConsumeCommandOutcomesOptions): Promise<RunningConsumer> {
  return consumeValues(options, TOPICS.commandOutcomes, onOutcome);
}
