import { createPayments } from '@payments/persistence';
import type { Pipeline } from '../testing/pipeline.js';
import { type Backlog, watchBacklog } from './backlog.js';
import { type Compared, compareLedger } from './compare.js';
import { Differences } from './compare-payment.js';
import { deliveriesOf } from './deliveries.js';
import { IntentEvents } from './intent-events.js';
import type { LedgerPlan } from './plan.js';
import { type Sent, sendAll } from './send.js';

const CREATED_AT_ONCE = 1_000;

/** Told while a run goes on, as often as there is something to tell. */
export interface LedgerProgress {
  created(payments: number): void;
  moved(sent: Readonly<Sent>, backlog: Backlog): void;
  compared(payments: number): void;
}

export interface LedgerResult {
  readonly sent: Readonly<Sent>;
  readonly compared: Compared;
  readonly differences: Differences;
  readonly repeatedEvents: number;
  /** From the first request until the last webhook was committed and its events were read. */
  readonly flowSeconds: number;
  /** From the first request until the last 200. */
  readonly sendSeconds: number;
}

/** Sends the whole plan through the pipeline and holds what is in the end against the pure model, row for row. */
export async function runLedger(
  pipeline: Pipeline,
  plan: LedgerPlan,
  progress: LedgerProgress,
): Promise<LedgerResult> {
  await createAll(pipeline, plan, progress);
  const events = await IntentEvents.open(pipeline);
  try {
    const sent: Sent = { acknowledged: 0, repeated: 0, finished: false };
    const startedAt = performance.now();
    const secondsSinceStart = (): number => (performance.now() - startedAt) / 1000;
    const sending = sendAll(pipeline, deliveriesOf(plan), sent).then(secondsSinceStart);
    const [sendSeconds] = await Promise.all([
      sending,
      watchBacklog(
        pipeline,
        events,
        () => sent.finished,
        (backlog) => progress.moved(sent, backlog),
      ),
    ]);
    const flowSeconds = secondsSinceStart();
    const differences = new Differences();
    for (const gap of events.gaps) differences.add(`events have a gap: ${gap}`);
    for (const { key } of pipeline.deadLetters) differences.add(`there is a dead letter: ${key}`);
    const compared = await compareLedger(
      pipeline.database,
      plan,
      (intentId) => events.of(intentId),
      differences,
      (payments) => progress.compared(payments),
    );
    return { sent, compared, differences, repeatedEvents: events.repeated, flowSeconds, sendSeconds };
  } finally {
    await events.close();
  }
}

/** Payments do not come by command yet: they are written as a command would. */
async function createAll(pipeline: Pipeline, plan: LedgerPlan, progress: LedgerProgress): Promise<void> {
  for (let first = 0; first < plan.payments; first += CREATED_AT_ONCE) {
    const count = Math.min(CREATED_AT_ONCE, plan.payments - first);
    const rows = Array.from({ length: count }, (_, n) => plan.creation(first + n));
    const creations = await pipeline.database.transaction((em) => createPayments(em, rows));
    const refused = creations.find(({ outcome }) => outcome !== 'created');
    if (refused !== undefined) throw new Error(`payment ${refused.intentId}: ${refused.outcome}`);
    progress.created(first + count);
  }
}
