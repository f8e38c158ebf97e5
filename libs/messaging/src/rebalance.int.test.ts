import { describe, expect, test } from '@jest/globals';
import { uniqueName, until } from '@payments/local/testing';
import type { ConsumedBatch } from './consumed-batch.js';
import {
  consume,
  kafka,
  resolveAll,
  untilAborted,
  useConsumers,
  valuesOf,
  write,
} from './testing/consuming.js';
import { createTopic } from './testing/kafka-client.js';

useConsumers();

describe('a rebalance', () => {
  test('makes the batch in hand stale at once: nothing of it is committed, its new owner gets it', async () => {
    const topic = await createTopic(kafka);
    const group = uniqueName('group');
    await write(topic, 0, 'a', 'b');
    const stale: boolean[] = [];
    const seen: string[] = [];
    const begun = Promise.withResolvers<void>();
    const work = async (batch: ConsumedBatch): Promise<void> => {
      if (stale.length === 0) {
        begun.resolve();
        await untilAborted(batch);
        stale.push(batch.isStale());
        // Too late: must be ignored.
        resolveAll(batch);
        return;
      }
      seen.push(...valuesOf(batch));
      resolveAll(batch);
    };
    // kafkajs sometimes crashes a member that is left without partitions: it looks up an offset of one that it lost.
    // A service would exit then; here its successor is already running.
    await consume(group, topic, work, { onCrash: () => undefined });
    await begun.promise;
    await consume(group, topic, work);
    await until(() => stale.length > 0 && seen.length === 2);
    expect(stale).toEqual([true]);
    expect(seen).toEqual(['a', 'b']);
  });

  test('leaves paused partitions paused', async () => {
    const topic = await createTopic(kafka, { partitions: 4 });
    const group = uniqueName('group');
    const seen: string[] = [];
    const work = async (batch: ConsumedBatch): Promise<void> => {
      seen.push(...valuesOf(batch));
      resolveAll(batch);
    };
    const all = [0, 1, 2, 3].map((partition) => ({ topic, partition }));
    const first = await consume(group, topic, work);
    first.pause(all);
    const second = await consume(group, topic, async () => undefined);
    await until(() => first.assignment().length === 2 && second.assignment().length === 2);
    await second.close();
    await until(() => first.assignment().length === 4);
    const [paused, open] = [0, 3];
    first.resume([{ topic, partition: open }]);
    await write(topic, paused, 'paused');
    for (const value of ['open-1', 'open-2', 'open-3']) {
      await write(topic, open, value);
      await until(() => seen.includes(value));
    }
    expect(seen).not.toContain('paused');
    first.resume(all);
    await until(() => seen.includes('paused'));
  });
});
