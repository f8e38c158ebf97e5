import { type CommandOutcome, TOPICS } from '@payments/contracts';
import type { RunningConsumer } from '@payments/messaging';
import { type ConsumeOptions, consumeValues } from './consume-values.js';

export interface ConsumeCommandOutcomesOptions extends ConsumeOptions {
  /**
   * Told what became of each command of all senders, at least once: look for your own by `commandId`. If it
   * rejects, the same outcome comes again after a moment.
   */
  readonly onOutcome: (outcome: CommandOutcome) => Promise<void>;
}

/** Consumes what became of commands. */
export function consumeCommandOutcomes({
  onOutcome,
  ...options
}: ConsumeCommandOutcomesOptions): Promise<RunningConsumer> {
  return consumeValues(options, TOPICS.commandOutcomes, onOutcome);
}
