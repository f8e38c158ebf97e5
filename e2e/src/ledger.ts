import { readArguments, SEED_MAX, seedOf, wholeNumber } from './arguments.js';
import { LedgerPlan } from './ledger/plan.js';
import { type LedgerProgress, type LedgerResult, runLedger } from './ledger/run.js';
import { Pipeline } from './testing/pipeline.js';

const DIFFERENCES_SHOWN = 10;
const LINE_EVERY_MS = 5_000;
const WEBHOOKS_MAX = 10_000_000;
const USAGE = `make ledger ARGS='[--webhooks N] [--payments N] [--seed N]'
  --webhooks  about how many, 1 to ${WEBHOOKS_MAX} (default 1000000, which takes some minutes): each payment's are whole
  --payments  1 to --webhooks (default: a fifth of it)
  --seed      1 to ${SEED_MAX} (default: random); with the same numbers it makes the same webhooks again`;

const plan = readPlan();
console.log(`
${plan.webhooks} webhooks of ${plan.payments} payments at three gateways, shuffled within windows, every tenth
sent twice, over HTTP and Kafka into Postgres, with parts of its own. Then every row is held against what the
pure model of the domain makes of the same webhooks. Seed: ${plan.seed} (--seed ${plan.seed} with the same numbers tells the same again)
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
  return readArguments(USAGE, ['webhooks', 'payments', 'seed'], (given) => {
    const webhooks = wholeNumber('webhooks', given.webhooks ?? '1000000', WEBHOOKS_MAX);
    const payments = wholeNumber('payments', given.payments ?? String(Math.ceil(webhooks / 5)), webhooks);
    const seed = seedOf(given);
    return new LedgerPlan({ seed, payments, webhooks });
  });
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
