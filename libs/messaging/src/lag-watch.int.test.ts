import { describe, test } from '@jest/globals';
import { uniqueName, until } from '@payments/local/testing';
import { Metrics } from '@payments/runtime';
import { committedOffsets } from './committed-offsets.js';
import { consume, kafka, stopAfterTheFirst, untilAborted, useConsumers, write } from './testing/consuming.js';
import { createTopic } from './testing/kafka-client.js';

useConsumers();

test('records written before the group first joined are consumed, and the lag is told', async () => {
  const topic = await createTopic(kafka);
  const group = uniqueName('group');
  await write(topic, 0, 'a', 'b', 'c');
  const metrics = new Metrics({ defaultMetrics: false });
  await consume(group, topic, stopAfterTheFirst, { metrics });
  await until(async () =>
    (await metrics.registry.getSingleMetricAsString('consumer_lag_records')).includes(
      `consumer_lag_records{group="${group}",topic="${topic}",partition="0"} 2`,
    ),
  );
});

describe('the lag of a partition from which nothing is fetched', () => {
  const lagOf = async (metrics: Metrics): Promise<number> => {
    const text = await metrics.registry.getSingleMetricAsString('consumer_lag_records');
    return Number(/^consumer_lag_records\{.*\} (\d+)$/m.exec(text)?.[1]);
  };

  test('grows on while its batch is at work', async () => {
    const topic = await createTopic(kafka);
    const metrics = new Metrics({ defaultMetrics: false });
    await write(topic, 0, 'a', 'b');
    await consume(uniqueName('group'), topic, stopAfterTheFirst, { metrics, lagRefreshMs: 100 });
    await until(async () => (await lagOf(metrics)) === 1, { what: 'the lag of the first batch' });
    await write(topic, 0, 'c', 'd', 'e');
    await until(async () => (await lagOf(metrics)) === 4, { what: 'the lag of what came since' });
  });

  test('is told from what the group committed when it is paused from the start', async () => {
    const topic = await createTopic(kafka);
    const group = uniqueName('group');
    await write(topic, 0, 'a', 'b', 'c');
    const first = await consume(group, topic, stopAfterTheFirst);
    await until(async () => (await committedOffsets(kafka, group, topic)).get(0) === 1n);
    await first.close();
    const metrics = new Metrics({ defaultMetrics: false });
    const second = await consume(group, topic, untilAborted, { metrics, lagRefreshMs: 100 });
    second.pause([{ topic, partition: 0 }]);
    await until(async () => (await lagOf(metrics)) === 2, { what: 'the lag' });
    await write(topic, 0, 'd');
    await until(async () => (await lagOf(metrics)) === 3, { what: 'the lag of what came since' });
  });
});
