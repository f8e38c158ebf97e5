import { until } from '@payments/local/testing';
import { createPayments } from '@payments/persistence';
import type { Pipeline } from '../testing/pipeline.js';
import { type Backlog, watchBacklog } from './backlog.js';
import { type Compared, compareLedger } from './compare.js';
import { Differences } from './compare-payment.js';
import { deliveriesOf } from './deliveries.js';
import { IntentEvents } from './intent-events.js';
import type { LedgerPlan } from './plan.js';
import { type Sent, sendAll } from './send.js';
import { countRows, type RowCounts } from './stored-ledger.js';

const CREATED_AT_ONCE = 1_000;
/** Enough for a worker that is killed meanwhile: its partitions are reassigned only after its session's time-out. */
const STORED_MS_MAX = 90_000;

/** Called during a run. */
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

/**
 * Sends the whole plan through the pipeline and compares the result with the pure model, row by row.
 *
 * @param isLate whether a payment is created only after all webhooks were stored, so that its own wait for it
 */
export async function runLedger(
  pipeline: Pipeline,
  plan: LedgerPlan,
  progress: LedgerProgress,
  isLate: (payment: number) => boolean = () => false,
): Promise<LedgerResult> {
  const before = await countRows(pipeline.database);
  const payments = Array.from({ length: plan.payments }, (_, index) => index);
  await createAll(pipeline, plan, { payments: payments.filter((index) => !isLate(index)), progress });
  const events = await IntentEvents.open(pipeline);
  try {
    const flow = await sendPlan(pipeline, plan, { late: payments.filter(isLate), before, events, progress });
    const differences = new Differences();
    for (const gap of events.gaps) differences.add(`events have a gap: ${gap}`);
    for (const two of events.contradictions) differences.add(`events contradict each other: ${two}`);
    for (const { key } of pipeline.deadLetters) differences.add(`there is a dead letter: ${key}`);
    const compared = await compareLedger(
      {
        database: pipeline.database,
        plan,
        eventsOf: (intentId) => events.of(intentId),
        before,
        onProgress: (payments) => progress.compared(payments),
      },
      differences,
    );
    return { ...flow, compared, differences, repeatedEvents: events.repeated };
  } finally {
    await events.close();
  }
}

interface SendPlanOptions {
  /** Payments that are created only after all webhooks were stored. */
  readonly late: readonly number[];
  readonly before: RowCounts;
  readonly events: IntentEvents;
  readonly progress: LedgerProgress;
}

/** Sends all webhooks, and waits until each is committed and its events are read. */
async function sendPlan(
  pipeline: Pipeline,
  plan: LedgerPlan,
  { late, before, events, progress }: SendPlanOptions,
): Promise<Pick<LedgerResult, 'sent' | 'flowSeconds' | 'sendSeconds'>> {
  const sent: Sent = { acknowledged: 0, repeated: 0, finished: false };
  const startedAt = performance.now();
  const secondsSinceStart = (): number => (performance.now() - startedAt) / 1000;
  const sending = sendAll(pipeline, deliveriesOf(plan), sent).then(async () => {
    const seconds = secondsSinceStart();
    if (late.length > 0) await untilStored(pipeline, before.webhooks + plan.webhooks);
    await createAll(pipeline, plan, { payments: late, progress });
    sent.finished = true;
    return seconds;
  });
  const [sendSeconds] = await Promise.all([
    sending,
    watchBacklog(
      pipeline,
      events,
      () => sent.finished,
      (backlog) => progress.moved(sent, backlog),
    ),
  ]);
  return { sent, flowSeconds: secondsSinceStart(), sendSeconds };
}

function untilStored(pipeline: Pipeline, webhooks: number): Promise<unknown> {
  return until(async () => (await countRows(pipeline.database)).webhooks >= webhooks, {
    timeoutMs: STORED_MS_MAX,
    everyMs: 100,
    what: 'all webhooks to be stored',
  });
}

/** Creates payments as commands would, mostly with their gateways' object ids. */
async function createAll(
  pipeline: Pipeline,
  plan: LedgerPlan,
  { payments, progress }: { readonly payments: readonly number[]; readonly progress: LedgerProgress },
): Promise<void> {
  for (let first = 0; first < payments.length; first += CREATED_AT_ONCE) {
    const rows = payments.slice(first, first + CREATED_AT_ONCE).map((index) => plan.creation(index));
    const creations = await pipeline.database.transaction((em) => createPayments(em, rows));
    const refused = creations.find(({ outcome }) => outcome !== 'created');
    if (refused !== undefined) throw new Error(`payment ${refused.intentId}: ${refused.outcome}`);
    progress.created(first + rows.length);
  }
}
