import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { uniqueName, until } from '@payments/local/testing';
import type { ConsumerProcessOptions } from './testing/consumer-process.js';
import { createTopic } from './testing/kafka-client.js';
import { type ProxiedKafka, startProxiedKafka } from './testing/proxied-kafka.js';

const CONSUMER_PROCESS = fileURLToPath(new URL('./testing/consumer-process.js', import.meta.url));
const LONG = 120_000;

let kafka: ProxiedKafka;
let child: ChildProcess | undefined;
beforeAll(async () => {
  kafka = await startProxiedKafka();
}, LONG);
afterEach(() => {
  child?.kill('SIGKILL');
});
afterAll(() => kafka?.stop(), LONG);

async function spawnConsumers(options: ConsumerProcessOptions): Promise<ChildProcess> {
  const started = spawn(process.execPath, [CONSUMER_PROCESS, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child = started;
  for await (const line of createInterface({ input: started.stdout }))
    if (line === 'consuming') return started;
  throw new Error('the consumer process ended before it had a partition');
}

test(
  'a consumer that is closed while no broker answers keeps no process alive',
  async () => {
    const topic = await createTopic(kafka.direct);
    const { brokers } = kafka.proxied.address;
    const consuming = await spawnConsumers({ brokers, topic, groupIds: [uniqueName('closed')] });
    await kafka.proxy.refuse();
    consuming.stdin?.end();
    expect(await exitOf(consuming)).toBe(0);
  },
  LONG,
);

test(
  'consumers that are closed while they ask for the lag keep no process alive',
  async () => {
    const topic = await createTopic(kafka.direct);
    const { brokers } = kafka.direct.address;
    const groupIds = Array.from({ length: 8 }, () => uniqueName('closed'));
    // They ask all the time.
    const consuming = await spawnConsumers({ brokers, topic, groupIds, lagRefreshMs: 1 });
    consuming.stdin?.end();
    expect(await exitOf(consuming)).toBe(0);
  },
  LONG,
);

async function exitOf(ending: ChildProcess): Promise<number | null> {
  await until(() => ending.exitCode !== null, { what: 'the process to end', timeoutMs: 60_000 });
  return ending.exitCode;
}
