import { expect, test } from '@jest/globals';
import { freePorts } from '@payments/local/testing';
import { createLogger, Metrics } from '@payments/runtime';
import { BatchingProducer } from './batching-producer.js';
import { createKafka } from './connection.js';

const logger = createLogger({ service: 'test', level: 'silent' });

function producerOf(brokers: readonly string[]): BatchingProducer {
  return new BatchingProducer({
    kafka: createKafka({ brokers: [...brokers], clientId: 'test', logger }),
    logger,
    metrics: new Metrics({ defaultMetrics: false }),
    queueCountMax: 1,
    queueBytesMax: 1_000,
    deadlineMs: 500,
  });
}

async function closedBrokers(): Promise<string[]> {
  return (await freePorts(2)).map((port) => `127.0.0.1:${port}`);
}

test('a start that takes too long names the brokers that were asked', async () => {
  const brokers = await closedBrokers();
  const producer = producerOf(brokers);
  await expect(producer.start(AbortSignal.timeout(200))).rejects.toMatchObject({
    name: 'NoAnswerError',
    message: `no broker answered: is Kafka running at ${brokers.join(', ')}?`,
  });
});

test('a start that is aborted rejects with the reason, and leaves a producer that is closed', async () => {
  const producer = producerOf(await closedBrokers());
  const stopped = new AbortController();
  const starting = producer.start(stopped.signal);
  stopped.abort(new Error('shutting down'));
  await expect(starting).rejects.toThrow('shutting down');
  await expect(producer.send({ topic: 't', key: 'k', value: null })).rejects.toThrow('closed');
});

test('what no broker can help is an error at once', async () => {
  await expect(producerOf([]).start()).rejects.toMatchObject({ name: 'RangeError' });
});
