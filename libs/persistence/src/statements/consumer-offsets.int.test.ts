import { beforeEach, expect, test } from '@jest/globals';
import type { Database } from '../database.js';
import { useDatabase } from '../testing/use-database.js';
import { type ConsumerOffset, readConsumerOffsets, saveConsumerOffsets } from './consumer-offsets.js';

let database: Database;
useDatabase((opened) => {
  database = opened;
});
beforeEach(() => database.primary.query('TRUNCATE consumer_offsets'));

const at = (partition: number, nextOffset: bigint): ConsumerOffset => ({
  consumerGroup: 'webhooks',
  topic: 'payment.webhook.received',
  partition,
  nextOffset,
});
const save = (rows: readonly ConsumerOffset[]) => database.transaction((em) => saveConsumerOffsets(em, rows));
const saved = () => readConsumerOffsets(database.primary.manager, 'webhooks', 'payment.webhook.received');

test('positions move forwards, partition by partition', async () => {
  await save([at(1, 5n), at(0, 7n)]);
  await save([at(0, 9n)]);
  expect(await saved()).toEqual([at(0, 9n), at(1, 5n)]);
});

test('a position never moves backwards', async () => {
  await save([at(0, 9n)]);
  await save([at(0, 4n), at(1, 1n)]);
  expect(await saved()).toEqual([at(0, 9n), at(1, 1n)]);
});

test('of one partition named twice the furthest counts', async () => {
  await save([at(0, 4n), at(0, 9n), at(0, 5n)]);
  expect(await saved()).toEqual([at(0, 9n)]);
});

test('offsets beyond the safe integers of JavaScript are kept exactly', async () => {
  const far = 2n ** 63n - 1n;
  await save([at(0, far)]);
  expect(await saved()).toEqual([at(0, far)]);
});

test('groups and topics do not mix', async () => {
  await save([at(0, 1n), { ...at(0, 2n), consumerGroup: 'other' }, { ...at(0, 3n), topic: 'other' }]);
  expect(await saved()).toEqual([at(0, 1n)]);
});

test('a position is saved with its transaction or not at all', async () => {
  const failing = database.transaction(async (em) => {
    await saveConsumerOffsets(em, [at(0, 1n)]);
    throw new Error('later step');
  });
  await expect(failing).rejects.toThrow('later step');
  expect(await saved()).toEqual([]);
});

test('writers of the same partitions in opposite orders never deadlock, and the furthest wins', async () => {
  const all = Array.from({ length: 12 }, (_, partition) => partition);
  const rounds = Array.from({ length: 40 }, (_, i) => BigInt(i));
  await Promise.all(
    rounds.map((offset) => {
      const rows = all.map((partition) => at(partition, offset));
      return save(offset % 2n === 0n ? rows : rows.reverse());
    }),
  );
  expect(await saved()).toEqual(all.map((partition) => at(partition, 39n)));
});

test('a negative position is refused', async () => {
  await expect(save([at(0, -1n)])).rejects.toMatchObject({ code: '23514' });
});
