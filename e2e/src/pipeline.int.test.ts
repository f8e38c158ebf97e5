import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEAD_LETTER_HEADERS, TOPICS } from '@payments/contracts';
import { boundToParent, childEnvironment } from '@payments/local/testing';
import type { ConsumedRecord, OutgoingRecord } from '@payments/messaging';
import { stripeWebhook, withFreshId } from '@payments/simulator';
import { nthWebhook } from './signed-webhooks.js';
import { metricsIn, readAlertRules } from './testing/alert-rules.js';
import { CommandSide } from './testing/command-side.js';
import { readFixtures } from './testing/fixtures.js';
import { Pipeline, START_MS_MAX } from './testing/pipeline.js';
import { TOPIC } from './testing/pipeline-ends.js';
import { ServiceProcess } from './testing/service-process.js';
import { forgedRecord, poisonRecord } from './unreadable-records.js';

/** The demo takes ten seconds on an idle machine, and waits up to half a minute for each result. */
const DEMO_MS_MAX = 140_000;

let pipeline: Pipeline;
/** Aborted at the end, even if a test has timed out. */
const ended = new AbortController();
beforeAll(async () => {
  pipeline = await Pipeline.start();
}, START_MS_MAX);
afterAll(async () => {
  ended.abort();
  await pipeline?.close();
}, 60_000);

const fixtures = readFixtures();
const testFixtures = fixtures.length > 0 ? test : test.skip;
const without = fixtures.length > 0 ? '' : ' (no recorded bodies in ../shared/fixtures)';

testFixtures(
  `every recorded body, made an event of its own and sent twice, is one row${without}`,
  async () => {
    const sent = new Map<string, { provider: string; eventType: string; body: Buffer }>();
    for (const { provider, body, eventType, name } of fixtures) {
      const own = withFreshId(provider, body);
      const answers = await Promise.all([pipeline.post(provider, own), pipeline.post(provider, own)]);
      expect([name, ...answers.map(({ status }) => status)]).toEqual([name, 200, 200]);
      const [id, again] = answers.map((answer) => answer.body.id ?? '');
      expect(again).toBe(id);
      sent.set(id ?? '', { provider, eventType, body: own });
    }
    expect(sent.size).toBe(fixtures.length);
    const rows = await pipeline.untilStored(sent.keys());
    await pipeline.untilDrained();
    expect(await pipeline.stored(sent.keys())).toHaveLength(fixtures.length);
    for (const row of rows) {
      const expected = sent.get(row.webhookId);
      expect(row).toMatchObject({ provider: expected?.provider, eventType: expected?.eventType });
      expect(opened(row).equals(expected?.body ?? Buffer.alloc(0))).toBe(true);
    }
  },
  60_000,
);

test('100 copies of one webhook at once are all acknowledged and make one row', async () => {
  const { provider, body, webhookId } = nthWebhook(0);
  const answers = await Promise.all(Array.from({ length: 100 }, () => pipeline.post(provider, body)));
  expect(answers.filter(({ status, body: { id } }) => status === 200 && id === webhookId)).toHaveLength(100);
  await pipeline.untilStored([webhookId]);
  await pipeline.untilDrained();
  expect(await pipeline.stored([webhookId])).toHaveLength(1);
}, 60_000);

test('a body of 900 KB among small ones is stored unchanged, and so are they', async () => {
  const large = stripeWebhook({
    type: 'payment_intent.succeeded',
    metadata: { note: 'n'.repeat(900 * 1024) },
  });
  const all = [...Array.from({ length: 40 }, (_, n) => nthWebhook(n)), large];
  const answers = await Promise.all(all.map(({ provider, body }) => pipeline.post(provider, body)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const rows = await pipeline.untilStored(all.map(({ webhookId }) => webhookId));
  const row = rows.find(({ webhookId }) => webhookId === large.webhookId);
  expect(row && opened(row).equals(large.body)).toBe(true);
}, 60_000);

describe('records written past the ingress', () => {
  test('that are poison end in the dead-letter topic, the good ones among them in Postgres', async () => {
    const key = `poison-${randomInt(1e9)}`;
    const good = Array.from({ length: 20 }, (_, n) => sealed(`stripe:evt_${key}_${n}`, key));
    const keys = ['garbage', 'forged', 'truncated', 'empty'].map((kind) => `${key}-${kind}`);
    const bad: OutgoingRecord[] = [
      poisonRecord(keys[0] ?? ''),
      forgedRecord(keys[1] ?? '', 'e2e', pipeline.codec),
      { ...sealed('stripe:evt_truncated', keys[2] ?? ''), value: Buffer.from([0, 0, 0, 0, 1, 2]) },
      { topic: TOPIC, key: keys[3] ?? '', value: null },
    ];
    // All in one partition, with the bad ones between the good ones.
    const records = [...good.slice(0, 5), ...bad, ...good.slice(5)];
    await Promise.all(records.map((record) => pipeline.producer.send({ ...record, partition: 3 })));
    await pipeline.untilStored(good.map((_, n) => `stripe:evt_${key}_${n}`));
    const letters = await pipeline.untilDeadLettered(keys);
    const codes = ['UNDECODABLE', 'FORGED', 'UNDECODABLE', 'EMPTY'];
    for (const [index, record] of bad.entries()) {
      const found = letters.filter((letter) => String(letter.key) === record.key);
      expect(found.map(codeOf)).toEqual([codes[index]]);
      expect(found[0]?.value).toEqual(record.value);
      expect(headerOf(found[0], DEAD_LETTER_HEADERS.originalTopic)).toBe(TOPIC);
    }
  }, 60_000);

  test('of which one in 500 cannot be stored: only that one is dead-lettered, and all others are stored', async () => {
    const prefix = `bad-row-${randomInt(1e9)}`;
    const culprit = randomInt(500);
    process.stderr.write(`the bad row is number ${culprit} of 500\n`);
    const ids = Array.from({ length: 500 }, (_, n) => `stripe:evt_${prefix}_${n}`);
    const records = ids.map((id, n) =>
      // Postgres refuses NUL in text; the ingress refuses it earlier, so the test seals the record itself.
      n === culprit ? sealed(id, `${prefix}-culprit`, 'payment_intent\0succeeded') : sealed(id, prefix),
    );
    // The worker is stopped, so that it then gets all records in one batch.
    await pipeline.webhooks.stop();
    await Promise.all(records.map((record) => pipeline.producer.send({ ...record, partition: 4 })));
    await pipeline.webhooks.start();
    await pipeline.untilStored(ids.filter((_, n) => n !== culprit));
    const [letter] = await pipeline.untilDeadLettered([`${prefix}-culprit`]);
    expect(codeOf(letter)).toBe('22021');
    await pipeline.untilDrained();
    expect(await pipeline.stored(ids)).toHaveLength(499);
    expect(pipeline.deadLetters.filter(({ key }) => String(key).startsWith(prefix))).toHaveLength(1);
  }, 60_000);
});

describe('with all other services', () => {
  let side: CommandSide;
  let query: ServiceProcess;
  beforeAll(async () => {
    // A URL that differs from the primary's counts as a replica.
    const READ_DATABASE_URL = `${pipeline.env.DATABASE_URL}?application_name=replica`;
    [side, query] = await Promise.all([
      CommandSide.start(pipeline),
      ServiceProcess.start('query', { ...pipeline.env, READ_DATABASE_URL }),
    ]);
  }, START_MS_MAX);
  afterAll(() => Promise.all([side?.close(), query?.kill()]), 60_000);

  const services = () => [
    pipeline.ingress,
    pipeline.webhooks,
    query,
    side.intents,
    ...Object.values(side.workers),
  ];

  /** @returns its output @throws Error with its output, if it times out or finds contradictions */
  async function runDemo(env: Readonly<Record<string, string>>, signal: AbortSignal): Promise<string> {
    const program = fileURLToPath(new URL('demo.js', import.meta.url));
    const { file, args } = boundToParent(
      { file: process.execPath, args: [program, '--count', '300'] },
      'SIGKILL',
    );
    const options = { env: childEnvironment(env), signal, timeout: DEMO_MS_MAX };
    return promisify(execFile)(file, args, options).then(
      ({ stdout }) => stdout,
      ({ message, stdout, stderr }: Error & { stdout: string; stderr: string }) => {
        const exited = services().filter(({ running }) => !running);
        const ends = exited.map(({ name, output }) => `${name} exited: ${output.slice(-2_000)}`);
        throw new Error([message, stderr, stdout, ...ends].join('\n'));
      },
    );
  }

  test('the demo finds that everything adds up, in two runs on one stack', async () => {
    const addresses = { QUERY_URL: query.url, SIMULATOR_URL: side.simulatorUrl };
    const run = () => runDemo({ ...pipeline.clientEnv, ...addresses }, ended.signal);
    for (const stdout of [await run(), await run()]) {
      expect(stdout).toContain('It adds up');
      expect(stdout).toMatch(/401 +Signature refused/);
      expect(stdout).toMatch(/no Avro +UNDECODABLE/);
      expect(stdout).toMatch(/forged seal +FORGED/);
      expect(stdout).toMatch(/Kafka +the first, another amount +acknowledged +REJECTED +INTENT_DIFFERS/);
      expect(stdout).toMatch(/call +confirm +stripe +SUCCEEDED after \d+ ms, its outcome was unknown/);
    }
    expect(await side.simulator.faults()).toEqual([]);
  }, 300_000);

  test('each metric of an alert is exposed by one of them', async () => {
    const told = await Promise.all(services().map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
    const names = new Set(
      told.flatMap((text) => Array.from(text.matchAll(/^# TYPE (\S+) (\S+)$/gm), namesOfType)).flat(),
    );
    const wanted = readAlertRules().flatMap(({ expr }) => [...metricsIn(expr)]);
    expect(wanted.filter((name) => !names.has(name))).toEqual([]);
  });
});

/** The names of a metric's series in Prometheus. */
function namesOfType([, name = '', type = '']: RegExpExecArray): string[] {
  return type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name];
}

function sealed(webhookId: string, key: string, eventType = 'payment_intent.succeeded'): OutgoingRecord {
  const context = { webhookId, provider: 'stripe', eventType, source: 'gateway', receivedAt: Date.now() };
  const { body } = stripeWebhook({ type: 'payment_intent.succeeded' });
  const value = { ...context, sealedBody: pipeline.keyring.seal(context, body) };
  return { topic: TOPIC, key, value: pipeline.codec.encode(TOPICS.webhookReceived, value) };
}

function opened(row: Awaited<ReturnType<Pipeline['stored']>>[number]): Buffer {
  const { webhookId, provider, eventType, receivedAt, sealedBody } = row;
  const context = { webhookId, provider, eventType, source: 'gateway', receivedAt: receivedAt.getTime() };
  return pipeline.keyring.open(context, sealedBody);
}

function headerOf(record: ConsumedRecord | undefined, name: string): string | undefined {
  return record?.headers[name]?.toString('utf8');
}

function codeOf(record: ConsumedRecord | undefined): string | undefined {
  return headerOf(record, DEAD_LETTER_HEADERS.errorCode);
}
