import { type PaymentIntentEvent, TOPICS } from '@payments/contracts';
import type { RunningConsumer } from '@payments/messaging';
import { type ConsumeOptions, consumeValues } from './consume-values.js';
import { MemoryVersionStore, type VersionStore } from './version-store.js';

export interface ConsumeIntentEventsOptions extends ConsumeOptions {
  /**
   * Told of each change of an intent, in the order of its versions. If it rejects, the same event comes again after
   * a moment.
   */
  readonly onEvent: (event: PaymentIntentEvent) => Promise<void>;
  /** Default: in memory, so that events may come again after a restart or when partitions change hands. */
  readonly versions?: VersionStore;
}

/** Consumes the changes of payment intents and drops what is not newer than the last one that was handled. */
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
