import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { sharedStack } from '@payments/local/testing';
import { Metrics, sleep } from '@payments/runtime';
import type { BatchingProducer } from '../batching-producer.js';
import type { ConsumedBatch } from '../consumed-batch.js';
import { type ConsumerOptions, type RunningConsumer, startConsumer } from '../consumer.js';
import { connectTo, logger, startProducer } from './kafka-client.js';

/** The shared Kafka; connects on first use. */
export const kafka = connectTo(sharedStack().kafkaBrokers);

const running: RunningConsumer[] = [];
let producer: BatchingProducer;

/** Opens what {@link write} needs for the tests of a file, and closes each test's consumers after it. */
export function useConsumers(): void {
  beforeAll(async () => {
    producer = await startProducer(kafka);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((consumer) => consumer.close()));
  });
  afterAll(() => producer.close());
}

export async function consume(
  groupId: string,
  topic: string,
  onBatch: ConsumerOptions['onBatch'],
  options: Partial<ConsumerOptions> = {},
): Promise<RunningConsumer> {
  const consumer = await startConsumer({
    kafka,
    groupId,
    topics: [topic],
    onBatch,
    logger,
    metrics: new Metrics({ defaultMetrics: false }),
    onCrash: (error) => {
      throw error;
    },
    ...options,
  });
  running.push(consumer);
  return consumer;
}

export async function write(topic: string, partition: number, ...values: string[]): Promise<void> {
  await Promise.all(
    values.map((value) => producer.send({ topic, key: 'k', value: Buffer.from(value), partition })),
  );
}

export function valuesOf({ records }: ConsumedBatch): string[] {
  return records.map(({ value }) => String(value));
}

export function resolveAll(batch: ConsumedBatch): void {
  batch.resolve(BigInt(batch.records.at(-1)?.offset ?? '-1'));
}

/** Resolves the partition's first record; ends when the partition is revoked or the consumer stops. */
export async function stopAfterTheFirst(batch: ConsumedBatch): Promise<void> {
  batch.resolve(0n);
  await untilAborted(batch);
}

/** Ends when the partition is revoked or the consumer stops. */
export function untilAborted({ signal }: ConsumedBatch): Promise<void> {
  return sleep(2 ** 30, signal).catch(() => undefined);
}
