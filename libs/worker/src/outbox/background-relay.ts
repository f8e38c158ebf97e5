import { retryDelayMs, sleep } from '@payments/runtime';
import { disposition } from '../disposition.js';
import { type OutboxRelay, startOutboxRelay } from './outbox-relay.js';
import type { OutboxRelayOptions } from './outbox-relay-options.js';

export interface BackgroundRelay extends Pick<OutboxRelay, 'wake'> {
  close(deadline?: AbortSignal): Promise<void>;
}

const RETRY = { baseMs: 200, capMs: 5_000 };

/**
 * Starts an outbox relay as soon as registry and database are available. Its worker does not wait for that: the
 * events are safe in the outbox.
 */
export function startRelayInBackground(
  options: OutboxRelayOptions,
  onFatal: (error: Error) => void,
): BackgroundRelay {
  const stop = new AbortController();
  let relay: OutboxRelay | undefined;
  const starting = startUntil(stop.signal, options)
    .then((started) => {
      relay = started;
    })
    .catch((error: unknown) => {
      if (!stop.signal.aborted) onFatal(error instanceof Error ? error : new Error(String(error)));
    });
  return {
    wake: (shards) => relay?.wake(shards),
    close: async (deadline) => {
      stop.abort();
      await starting;
      await relay?.close(deadline);
    },
  };
}

async function startUntil(signal: AbortSignal, options: OutboxRelayOptions): Promise<OutboxRelay> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOutboxRelay(options);
    } catch (error) {
      const { kind, code } = disposition(error);
      if (kind !== 'down' && kind !== 'conflict') throw error;
      options.logger.warn({ code, err: error, tries }, 'the outbox relay cannot start yet');
      await sleep(retryDelayMs(tries, RETRY), signal);
    }
  }
}
