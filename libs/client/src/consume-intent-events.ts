import { type PaymentIntentEvent, TOPICS } from '@payments/contracts';
import type { RunningConsumer } from '@payments/messaging';
import { type ConsumeOptions, consumeValues } from './consume-values.js';
import { MemoryVersionStore, type VersionStore } from './version-store.js';

export interface ConsumeIntentEventsOptions extends ConsumeOptions {
  /**
   * Receives each change of an intent in the order of its versions. If it rejects, the same event is redelivered
   * after a backoff.
   */
  readonly onEvent: (event: PaymentIntentEvent) => Promise<void>;
  /** Default: in memory, so that events may be repeated after a restart or a rebalance. */
  readonly versions?: VersionStore;
}

/** Consumes the changes of payment intents, and drops events that are not newer than the last one handled. */
export function consumeIntentEvents({
  onEvent,
  versions = new MemoryVersionStore(),
  ...options
}: ConsumeIntentEventsOptions): Promise<RunningConsumer> {
  return consumeValues(options, TOPICS.intentEvents, async (event) => {
    const { intentId, version } = event;
    if (version <= (await versions.newest(intentId))) return;
    await onEvent(event);
    await versions.record(intentId, version);
  });
}
