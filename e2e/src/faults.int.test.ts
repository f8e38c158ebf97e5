import { randomInt } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { until } from '@payments/local/testing';
import { nthWebhook } from './signed-webhooks.js';
import { Pipeline, START_MS_MAX } from './testing/pipeline.js';
import { RawHttp } from './testing/raw-http.js';
import { Traffic } from './testing/traffic.js';

const WAIT = { timeoutMs: 60_000 };

let pipeline: Pipeline;
let deadLettersBefore: number;
const traffics: Traffic[] = [];
beforeAll(async () => {
  pipeline = await Pipeline.start();
}, START_MS_MAX);
afterAll(() => pipeline?.close(), 60_000);

beforeEach(() => {
  deadLettersBefore = pipeline.deadLetters.length;
});
afterEach(async () => {
  // The clients of a failed test are still sending.
  await Promise.all(traffics.splice(0).map((traffic) => traffic.stop()));
  await pipeline.heal();
  // A dependency that is down pauses consumption; it never makes dead letters.
  expect(pipeline.deadLetters.length).toBe(deadLettersBefore);
}, 90_000);

test('kill -9 in mid-batch, repeatedly, with duplicates: every accepted webhook is one row', async () => {
  const traffic = startTraffic({ clients: 4, duplicatesOf: 20 });
  await until(() => traffic.acceptedCount > 100, { ...WAIT, what: 'traffic' });
  await killInTransaction(2);
  await pipeline.replaceWebhooks();
  await killAfterCommit(traffic);
  // The killed worker's leases and session expire by themselves, as after every crash.
  await pipeline.webhooks.start();
  await killInTransaction(1);
  await traffic.stop();
  await pipeline.replaceWebhooks();
  await expectExactlyOnce(traffic);
}, 180_000);

test('the broker killed and started under traffic: every acknowledged webhook is stored', async () => {
  const traffic = startTraffic();
  await until(() => traffic.acceptedCount > 200, { ...WAIT, what: 'traffic' });
  await pipeline.stack.kafka.kill();
  await until(() => traffic.countOf(503) > 0, { ...WAIT, what: 'refusals' });
  await pipeline.stack.kafka.start();
  await untilAcceptedAgain(traffic);
  await traffic.stop();
  await expectExactlyOnce(traffic);
}, 120_000);

test('the broker restarted regularly under traffic: every acknowledged webhook is stored', async () => {
  const traffic = startTraffic();
  await until(() => traffic.acceptedCount > 200, { ...WAIT, what: 'traffic' });
  await pipeline.stack.kafka.restart();
  await untilAcceptedAgain(traffic);
  await traffic.stop();
  await expectExactlyOnce(traffic);
}, 120_000);

test('Postgres killed and started under traffic: the worker waits, and every acknowledged webhook is stored', async () => {
  const traffic = startTraffic();
  await until(() => traffic.acceptedCount > 200, { ...WAIT, what: 'traffic' });
  await pipeline.stack.postgres.kill();
  const accepted = traffic.acceptedCount;
  await until(() => traffic.acceptedCount > accepted + 200, { ...WAIT, what: 'traffic without Postgres' });
  await until(async () => !(await isReady()), { ...WAIT, what: 'the worker to say that it waits' });
  await pipeline.stack.postgres.start();
  await traffic.stop();
  await expectExactlyOnce(traffic);
}, 120_000);

test('Redis killed and started under traffic: nothing waits for it, nothing is lost or stored twice', async () => {
  const traffic = startTraffic();
  await until(() => traffic.acceptedCount > 200, { ...WAIT, what: 'traffic' });
  await pipeline.stack.redis.kill();
  const without = [...traffic.accepted.keys()];
  await until(() => traffic.acceptedCount > without.length + 200, { ...WAIT, what: 'traffic without Redis' });
  await pipeline.untilStored(traffic.accepted.keys());
  // It is empty then: its marks are lost.
  await pipeline.stack.redis.start();
  const again = traffic.acceptedCount;
  await until(() => traffic.acceptedCount > again + 100, { ...WAIT, what: 'traffic with Redis' });
  await traffic.stop();
  await expectExactlyOnce(traffic);
}, 120_000);

test('the registry killed under traffic: running services have their schemas; a new worker waits for it', async () => {
  const traffic = startTraffic();
  await until(() => traffic.acceptedCount > 100, { ...WAIT, what: 'traffic' });
  await pipeline.stack.registry.kill();
  const accepted = traffic.acceptedCount;
  await until(() => traffic.acceptedCount > accepted + 100, { ...WAIT, what: 'traffic without registry' });
  await pipeline.untilStored(traffic.accepted.keys());
  await pipeline.webhooks.stop();
  const written = traffic.acceptedCount;
  await until(() => traffic.acceptedCount > written + 100, { ...WAIT, what: 'records to read later' });
  await traffic.stop();
  // A new worker has no schema yet, and has to read records that were written before.
  pipeline.webhooks.launch();
  await until(async () => !(await isReady()), { ...WAIT, what: 'the worker to say that it waits' });
  await pipeline.stack.registry.start();
  await pipeline.webhooks.untilReady();
  await expectExactlyOnce(traffic);
}, 120_000);

test('SIGTERM of the ingress under load: running requests are answered, every acknowledged webhook is stored', async () => {
  const traffic = startTraffic();
  await until(() => traffic.acceptedCount > 200, { ...WAIT, what: 'traffic' });
  // Only now: the ingress waits ten seconds for the rest of a body.
  const slow = await Promise.all(Array.from({ length: 20 }, (_, n) => beginPost(n)));
  pipeline.ingress.terminate();
  await until(() => traffic.countOf(0) > 0, { ...WAIT, what: 'new connections to be refused' });
  for (const { connection, rest } of slow) connection.write(rest);
  await until(() => slow.every(({ connection }) => connection.closed), { ...WAIT, what: 'their ends' });
  expect(slow.map(({ connection }) => connection.status)).toEqual(Array(slow.length).fill(200));
  expect(await pipeline.ingress.exited).toEqual({ code: 0, signal: null });
  await traffic.stop();
  await pipeline.ingress.start();
  for (const { webhook } of slow) traffic.accepted.set(webhook.webhookId, webhook);
  await expectExactlyOnce(traffic);
}, 120_000);

function startTraffic(options = {}): Traffic {
  const traffic = new Traffic(pipeline, options);
  traffics.push(traffic);
  return traffic;
}

/**
 * Kills the worker while its transaction waits for a lock that we hold, so that nothing of the batch is committed.
 * By its second try, after the first has timed out, it has had time to wrongly commit offsets.
 */
async function killInTransaction(tries: 1 | 2): Promise<void> {
  await pipeline.database.transaction(async (em) => {
    await em.query('LOCK TABLE payment_webhooks IN EXCLUSIVE MODE');
    const begun = new Set<string>();
    await until(
      async () => {
        const waiting = await pipeline.query<{ begun: string }>(
          `SELECT query_start::text AS begun FROM pg_stat_activity
           WHERE application_name = 'webhooks' AND wait_event_type = 'Lock' ORDER BY query_start LIMIT 1`,
        );
        for (const wait of waiting) begun.add(wait.begun);
        return begun.size >= tries;
      },
      { ...WAIT, everyMs: 10, what: `try ${tries} of the worker to be in mid-batch` },
    );
    await pipeline.webhooks.kill();
  });
}

/** Kills the worker right after a commit, before it commits the offsets: records are redelivered. */
async function killAfterCommit(traffic: Traffic): Promise<void> {
  const [latest] = [...traffic.accepted.keys()].slice(-1);
  await until(async () => (await pipeline.stored([latest ?? ''])).length > 0, {
    ...WAIT,
    everyMs: 5,
    what: 'a commit',
  });
  await pipeline.webhooks.kill();
}

async function untilAcceptedAgain(traffic: Traffic): Promise<void> {
  const before = traffic.acceptedCount;
  await until(() => traffic.acceptedCount > before + 200, { ...WAIT, what: 'webhooks accepted again' });
}

async function isReady(): Promise<boolean> {
  const answer = await fetch(`${pipeline.webhooks.url}/health/ready`).catch(() => undefined);
  await answer?.arrayBuffer();
  return answer?.ok ?? false;
}

/** Begins a request: the ingress has read its head, and waits for the rest of its body. */
async function beginPost(n: number) {
  const webhook = nthWebhook(n + randomInt(1000) * 3);
  const { provider, body } = webhook;
  const connection = await RawHttp.open(pipeline.ingress.port);
  connection.post(`/webhooks/${provider}`, {
    ...pipeline.headersFor(provider, body),
    'content-length': String(body.length),
    expect: '100-continue',
  });
  await until(() => connection.received.includes(' 100 Continue'), WAIT);
  connection.write(body.subarray(0, 10));
  return { webhook, connection, rest: body.subarray(10) };
}

/** Compares the rows with the clients' log of every 2xx, and the offsets with the topic's ends. */
async function expectExactlyOnce(traffic: Traffic): Promise<void> {
  const rows = await pipeline.untilStored(traffic.accepted.keys(), 90_000);
  const partitions = await pipeline.untilDrained();
  expect(await pipeline.stored(traffic.accepted.keys())).toHaveLength(traffic.acceptedCount);
  for (const { webhookId, provider, eventType, partition, offset } of rows) {
    expect({ webhookId, provider, eventType }).toEqual({
      webhookId,
      provider: traffic.accepted.get(webhookId)?.provider,
      eventType: traffic.accepted.get(webhookId)?.eventType,
    });
    const { saved = 0n, end = 0n } = partitions.get(partition) ?? {};
    if (!(BigInt(offset) < saved && saved <= end)) {
      throw new Error(`${partition}: row at ${offset}, consumer_offsets ${saved}, the topic's end ${end}`);
    }
  }
  const answers = Object.fromEntries(traffic.answers);
  process.stderr.write(`${traffic.acceptedCount} webhooks, answers by status ${JSON.stringify(answers)}\n`);
}
