import { readArguments, SEED_MAX, seedOf, wholeNumber } from './arguments.js';
import type { Driven } from './checkouts/drive.js';
import { FAULT_SHARE } from './checkouts/faults.js';
import { planCheckouts } from './checkouts/plan.js';
import { report, tooSlow } from './checkouts/report.js';
import { runCheckouts } from './checkouts/run.js';
import { Pipeline } from './testing/pipeline.js';

const DIFFERENCES_SHOWN = 10;
const LINE_EVERY_MS = 5_000;
const PAYMENTS_MAX = 20_000;
const USAGE = `make checkouts ARGS='[--payments N] [--seed N]'
  --payments  1 to ${PAYMENTS_MAX} (default 1000, which takes a few minutes)
  --seed      1 to ${SEED_MAX} (default: random); with as many payments it plans the same again`;
const CONCURRENTLY = 150;
/** Longer than a lease, so that a stalled worker can no longer send a call that was found not executed. */
const QUIET_MS = 15_000;

const { payments, seed } = readPlan();
console.log(`
${payments} payments by command at three gateways, with captures and refunds. Of the gateways' calls ${100 * FAULT_SHARE} % go wrong:
time-outs and drops after the call was carried out, 500s that Stripe keeps, resets, all of it with keys that the
gateways forget after 5 s; and each gateway's worker is killed once. Then the gateways' own books are held against
what was asked for, and ours against theirs. Seed: ${seed} (--seed ${seed} plans the same again)
`);
const pipeline = await Pipeline.start();
try {
  const result = await runCheckouts(pipeline, {
    seed,
    checkouts: planCheckouts(payments, seed),
    concurrently: CONCURRENTLY,
    quietMs: QUIET_MS,
    onProgress: printedProgress(),
  });
  console.log(`\n${report(result)}\n`);
  const { count, shown } = result.differences;
  const slow = tooSlow(result);
  if (slow !== null) {
    console.error(`It took too long: ${slow}.`);
    process.exitCode = 1;
  }
  if (count === 0) {
    console.log(
      'Nobody was charged or paid back twice, and our ledger is that of the gateways, payment for payment.',
    );
  } else {
    console.error(`It does not add up in ${count} places (seed ${seed}):`);
    for (const line of shown.slice(0, DIFFERENCES_SHOWN)) console.error(`  ${line}`);
    process.exitCode = 1;
  }
} finally {
  await pipeline.close();
}

function readPlan(): { payments: number; seed: number } {
  return readArguments(USAGE, ['payments', 'seed'], (given) => ({
    payments: wholeNumber('payments', given.payments ?? '1000', PAYMENTS_MAX),
    seed: seedOf(given),
  }));
}

/** Prints a line every few seconds. */
function printedProgress(): (driven: Driven) => void {
  let at = performance.now();
  return ({ begun, ended }) => {
    if (performance.now() - at < LINE_EVERY_MS) return;
    at = performance.now();
    console.log(`  ${begun} begun, ${ended.length} settled`);
  };
}
