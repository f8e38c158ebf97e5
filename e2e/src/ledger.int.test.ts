import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DUPLICATED_SHARE } from './ledger/deliveries.js';
import { LedgerPlan } from './ledger/plan.js';
import { runLedger } from './ledger/run.js';
import { Pipeline, START_MS_MAX } from './testing/pipeline.js';

const SILENT = { created: () => {}, moved: () => {}, compared: () => {} };

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await Pipeline.start();
}, START_MS_MAX);
afterAll(() => pipeline?.close(), 60_000);

test('4,000 webhooks of 800 payments, shuffled and some doubled, end in the ledger of the pure model', async () => {
  const plan = new LedgerPlan({ seed: randomInt(1, 2 ** 31), payments: 800, webhooks: 4_000 });
  process.stderr.write(`the seed of the ledger is ${plan.seed}\n`);
  expect(Math.abs(plan.webhooks - 4_000)).toBeLessThan(40);
  const { sent, compared, differences } = await runLedger(pipeline, plan, SILENT);
  expect(differences.shown).toEqual([]);
  expect(compared).toMatchObject({ intents: 800, webhooks: plan.webhooks });
  expect(sent.acknowledged).toBeGreaterThan(plan.webhooks * (1 + DUPLICATED_SHARE / 2));
  // Otherwise nothing came out of order, and the test would show little.
  expect(compared.statuses.get('STALE')).toBeGreaterThan(0);
}, 300_000);
