import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { planCheckouts } from './checkouts/plan.js';
import { report } from './checkouts/report.js';
import { runCheckouts } from './checkouts/run.js';
import { Pipeline, START_MS_MAX } from './testing/pipeline.js';

const PAYMENTS = 60;
/** No worker stalls here, so that a call arrives within this time after it was sent. */
const QUIET_MS = 5_000;

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await Pipeline.start();
}, START_MS_MAX);
afterAll(() => pipeline?.close(), 60_000);

test(`${PAYMENTS} payments at faulty gateways, whose workers are killed, move money once, and the ledgers agree`, async () => {
  const seed = randomInt(1, 2 ** 31);
  process.stderr.write(`the seed of the checkouts is ${seed}\n`);
  const result = await runCheckouts(pipeline, {
    seed,
    checkouts: planCheckouts(PAYMENTS, seed),
    concurrently: PAYMENTS,
    quietMs: QUIET_MS,
    onProgress: () => {},
  });
  process.stderr.write(`${report(result)}\n`);
  expect(result.differences.shown).toEqual([]);
  // Otherwise the test would show little.
  expect(result.charges).toBeGreaterThan(PAYMENTS / 2);
  expect(result.refunds).toBeGreaterThan(PAYMENTS / 4);
  expect(result.faults.every(({ hits }) => hits > 0)).toBe(true);
  expect(result.killed).toEqual(['stripe', 'paypal', 'razorpay']);
}, 300_000);
