import { setTimeout as delay } from 'node:timers/promises';
import { TOPICS } from '@payments/contracts';
import { readOutboxState } from '@payments/persistence';
import { GROUP, type Pipeline } from '../testing/pipeline.js';
import { TOPIC } from '../testing/pipeline-ends.js';
import type { IntentEvents } from './intent-events.js';

const POLL_EVERY_MS = 500;
/** After this long without any progress, something hangs. */
const STANDSTILL_MS_MAX = 120_000;

/** The progress of the pipeline with acknowledged webhooks. */
export interface Backlog {
  /** Records that the worker has finished. */
  readonly finished: number;
  /** Records in the topic of webhooks. */
  readonly produced: number;
  /** Committed events that are not in Kafka yet; counted up to a limit. */
  readonly outbox: number;
  readonly eventsRead: number;
  readonly events: number;
  /** Claimed gateway objects for which waiting webhooks are still to be searched. */
  readonly toSettle: number;
}

/** Polls until every webhook is finished and every event read. @throws Error if there is no progress */
export async function watchBacklog(
  pipeline: Pipeline,
  events: IntentEvents,
  isAllSent: () => boolean,
  onProgress: (backlog: Backlog) => void,
): Promise<void> {
  const admin = pipeline.kafka.admin();
  await admin.connect();
  let before = '';
  let movedAt = performance.now();
  try {
    for (;;) {
      const sentBefore = isAllSent();
      const backlog = await readBacklog(pipeline, admin, events);
      onProgress(backlog);
      const { finished, produced, outbox, eventsRead, toSettle } = backlog;
      // A record's events are committed before it counts as finished, and here they are counted after it.
      const isSettled = finished >= produced && toSettle === 0;
      if (sentBefore && isSettled && outbox === 0 && eventsRead >= backlog.events) return;
      if (JSON.stringify(backlog) !== before) movedAt = performance.now();
      if (performance.now() - movedAt > STANDSTILL_MS_MAX) {
        throw new Error(`nothing moves: ${JSON.stringify(backlog)}\n${pipeline.webhooks.output}`);
      }
      before = JSON.stringify(backlog);
      await delay(POLL_EVERY_MS);
    }
  } finally {
    await admin.disconnect();
  }
}

type Admin = ReturnType<Pipeline['kafka']['admin']>;

async function readBacklog(pipeline: Pipeline, admin: Admin, events: IntentEvents): Promise<Backlog> {
  const produced = await endOf(admin, TOPIC);
  const [group] = await admin.fetchOffsets({ groupId: GROUP, topics: [TOPIC] });
  const finished = sum((group?.partitions ?? []).map(({ offset }) => Math.max(0, Number(offset))));
  const [refs] = await pipeline.query<{ due: number }>(
    'SELECT count(*)::int AS due FROM gateway_object_refs WHERE settle_at IS NOT NULL',
  );
  const { pending, parked } = await readOutboxState(pipeline.database);
  const ends = await endOf(admin, TOPICS.intentEvents.name);
  const toSettle = refs?.due ?? 0;
  return { finished, produced, toSettle, outbox: pending + parked, eventsRead: events.read, events: ends };
}

async function endOf(admin: Admin, topic: string): Promise<number> {
  return sum((await admin.fetchTopicOffsets(topic)).map(({ high }) => Number(high)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
