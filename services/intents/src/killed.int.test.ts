import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { boundToParent } from '@payments/local/testing';
import { aCommand, aCreation } from './testing/a-command.js';
import { IntentsHarness } from './testing/intents-harness.js';
import type { WorkerProcessOptions } from './testing/worker-process.js';

const WORKER_PROCESS = fileURLToPath(new URL('testing/worker-process.js', import.meta.url));

let harness: IntentsHarness;
beforeEach(async () => {
  harness = await IntentsHarness.create();
}, 60_000);
afterEach(() => harness.close(), 60_000);

/** The statements of a worker's transaction in order, and the points of its end. */
const STEPS = [
  'FROM commands WHERE',
  'INSERT INTO payment_intent_keys',
  'FOR NO KEY UPDATE',
  'INSERT INTO commands',
  'INSERT INTO gateway_requests',
  'UPDATE payment_intents',
  'INSERT INTO outbox',
  'INSERT INTO consumer_offsets',
  'commit',
  'after commit',
];

/** Runs a worker until it reports that it is blocked there, and kills it. */
async function killBefore(stopBefore: string): Promise<void> {
  // A new group reads everything again: also a redelivery of all that was processed before.
  const options: WorkerProcessOptions = {
    ...harness.target,
    stopBefore,
    group: `${harness.target.topic}-${stopBefore}`,
  };
  const { file, args } = boundToParent(
    { file: process.execPath, args: [WORKER_PROCESS, JSON.stringify(options)] },
    'SIGKILL',
  );
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  harness.onClose(() => kill(child));
  for await (const line of createInterface({ input: child.stdout }))
    if (line === 'stopped') return kill(child);
  throw new Error(`the worker ended before it came to ${stopBefore}`);
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

test('killed at every step of a batch: each command is decided once, with all of its effects or none', async () => {
  const creations = Array.from({ length: 8 }, () =>
    aCreation({ confirm: true, paymentMethodToken: 'pm_card_visa' }),
  );
  const worker = await harness.startWorker();
  await harness.publish(creations.slice(0, 4));
  await harness.finished();
  await worker.close();
  await harness.publish(creations.slice(4));
  await harness.publish(creations.map((create) => aCommand(create, 'cancel')));
  await harness.publish([aCommand(aCreation(), 'refund')]);
  for (const step of STEPS) await killBefore(step);
  await harness.startWorker();
  await harness.finished();

  const outcomes = Object.values(await harness.outcomes()).sort();
  expect(outcomes).toEqual([...Array(16).fill('DONE'), 'INTENT_NOT_FOUND']);
  const intents = await harness.rows(
    'SELECT status, version::int, count(*)::int AS n FROM payment_intents GROUP BY 1, 2',
  );
  expect(intents).toEqual([{ status: 'CANCELED', version: 2, n: 8 }]);
  const told = await harness.rows(
    `SELECT topic, count(*)::int AS n, count(DISTINCT (payload->>'commandId', payload->>'operation'))::int AS calls
     FROM outbox GROUP BY 1 ORDER BY 1`,
  );
  expect(told).toEqual([
    { topic: 'payment.command.outcomes', n: 17, calls: 17 },
    { topic: 'payment.gateway.commands.stripe', n: 24, calls: 24 },
    { topic: 'payment.intent.events', n: 16, calls: 16 },
  ]);
  expect(await harness.rows('SELECT count(*)::int AS n FROM gateway_requests')).toEqual([{ n: 24 }]);
  expect(harness.deadLetters).toEqual([]);
}, 240_000);
