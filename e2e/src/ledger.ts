import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { wholeNumber } from './arguments.js';
import { LedgerPlan } from './ledger/plan.js';
import { type LedgerProgress, type LedgerResult, runLedger } from './ledger/run.js';
import { Pipeline } from './testing/pipeline.js';

const DIFFERENCES_SHOWN = 10;
const LINE_EVERY_MS = 5_000;

const plan = readPlan();
console.log(`
${plan.webhooks} webhooks of ${plan.payments} payments at three gateways, shuffled within windows, every tenth
sent twice, over HTTP and Kafka into Postgres, with parts of its own. Then every row is held against what the
pure model of the domain makes of the same webhooks. Seed: ${plan.seed} (--seed ${plan.seed} tells the same again)
`);
const pipeline = await Pipeline.start();
try {
  const result = await runLedger(pipeline, plan, printedProgress());
  print(result);
  if (result.differences.count > 0) process.exitCode = 1;
} finally {
  await pipeline.close();
}

function readPlan(): LedgerPlan {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({ options: { webhooks: text, payments: text, seed: text } });
    const webhooks = wholeNumber('webhooks', values.webhooks ?? '1000000', 10_000_000);
    const payments = wholeNumber('payments', values.payments ?? String(Math.ceil(webhooks / 5)), webhooks);
    const seed = wholeNumber('seed', values.seed ?? String(randomInt(1, 2 ** 31)), 2 ** 31);
    return new LedgerPlan({ seed, payments, webhooks });
  } catch (error) {
    console.error(`ledger: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(2);
  }
}

/** Prints a line every few seconds, with the rate since the last one. */
function printedProgress(): LedgerProgress {
  let at = performance.now();
  let finishedBefore = 0;
  const isDue = (): number | null => {
    const elapsedMs = performance.now() - at;
    if (elapsedMs < LINE_EVERY_MS) return null;
    at = performance.now();
    return elapsedMs;
  };
  return {
    created: (payments) => {
      if (isDue() !== null || payments === plan.payments) console.log(`  ${payments} payments created`);
    },
    moved: (sent, { finished, eventsRead, outbox }) => {
      const elapsedMs = isDue();
      if (elapsedMs === null) return;
      const rate = Math.round(((finished - finishedBefore) / elapsedMs) * 1000);
      finishedBefore = finished;
      console.log(
        `  ${sent.acknowledged} acknowledged, ${finished} finished (${rate}/s), ${eventsRead} events read, ${outbox} in the outbox`,
      );
    },
    compared: (payments) => {
      if (isDue() !== null) console.log(`  ${payments} payments compared`);
    },
  };
}

function print({
  sent,
  compared,
  differences,
  repeatedEvents,
  flowSeconds,
  sendSeconds,
}: LedgerResult): void {
  const { intents, transactions, webhooks, events, statuses } = compared;
  const took = [...statuses].map(([status, count]) => `${count} ${status}`).join(', ');
  console.log(`
${sent.acknowledged} deliveries acknowledged in ${sendSeconds.toFixed(1)} s (${sent.repeated} sent again), all of them in Postgres
and their events read after ${flowSeconds.toFixed(1)} s: ${Math.round(sent.acknowledged / flowSeconds)} a second.
Compared: ${intents} intents, ${transactions} transactions, ${webhooks} webhooks (${took}),
${events} events, without a gap (${repeatedEvents} came twice).
`);
  if (differences.count === 0) {
    console.log('The ledger is the model, row for row.');
    return;
  }
  console.error(`The ledger differs from the model in ${differences.count} places (seed ${plan.seed}):`);
  for (const line of differences.shown.slice(0, DIFFERENCES_SHOWN)) console.error(`  ${line}`);
}
