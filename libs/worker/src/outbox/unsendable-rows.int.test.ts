import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { uniqueName, until } from '@payments/local/testing';
import { ensureTopics } from '@payments/messaging';
import { appendOutbox } from '@payments/persistence';
import { newIntents, OutboxHarness, upTo } from '../testing/outbox-harness.js';
import { topicSpecOf } from '../testing/relay-parts.js';

let harness: OutboxHarness;
beforeEach(async () => {
  harness = await OutboxHarness.create();
}, 60_000);
afterEach(() => harness.close(), 60_000);

describe('a row that cannot be published', () => {
  const parked = (of = harness): Promise<{ version: string; code: string; error: string }[]> =>
    of.database.primary.query('SELECT version, code, error FROM outbox_parked ORDER BY id');

  test('is parked with later rows of its intent, others continue, and the next relay publishes all in order', async () => {
    const [bad, good] = newIntents(2) as [string, string];
    await harness.commit(bad, 1);
    await harness.commit(bad, 1, { amount: 'a lot' });
    await harness.commit(bad, 2);
    await harness.commit(good, 3);
    const first = await harness.startRelay();
    await until(async () => (await parked()).length === 3, { what: 'the rows to be put aside' });
    await until(() => harness.versions(good).length === 3, { what: 'the other intent' });
    await harness.commit(bad, 1);
    await until(async () => (await parked()).length === 4, { what: 'the follower to be put aside' });
    expect(await parked()).toEqual([
      { version: '2', code: 'UNENCODABLE', error: 'amount is no integer' },
      { version: '3', code: 'BEHIND_PARKED', error: 'behind version 2' },
      { version: '4', code: 'BEHIND_PARKED', error: 'behind version 2' },
      { version: '5', code: 'BEHIND_PARKED', error: 'an older row of its intent is put aside' },
    ]);
    expect(harness.versions(bad)).toEqual([1]);
    expect(await harness.metric('outbox_parked_total')).toBe(4);
    await first.close();

    // Stands for a newer release that understands the payload: here the payload is corrected instead.
    await harness.database.primary.query(
      `UPDATE outbox_parked SET payload = jsonb_set(payload::jsonb, '{amount}', '"1999"') WHERE version = 2`,
    );
    await harness.commit(bad, 1);
    await harness.startRelay();
    await harness.drained();
    expect(harness.versions(bad)).toEqual(upTo(6));
    expect(await parked()).toEqual([]);
  });

  test('because it is too large for the topic is parked as well', async () => {
    const [bad, good] = newIntents(2) as [string, string];
    await harness.commit(bad, 1, { nextAction: 'x'.repeat(2_000_000) });
    await harness.commit(good, 1);
    await harness.startRelay();
    await until(async () => (await parked()).length === 1, { what: 'the row to be put aside' });
    await until(() => harness.versions(good).length === 1, { what: 'the other intent' });
    expect(await parked()).toMatchObject([{ code: 'RECORD_TOO_LARGE' }]);
  });

  test('because the broker takes less than the catalogue says is parked as well', async () => {
    const topic = uniqueName('narrow');
    const narrow = { ...topicSpecOf(topic), config: { 'max.message.bytes': '20000' } };
    await ensureTopics(harness.parts.kafka, [narrow], { replicationFactor: 1, minInSyncReplicas: 1 });
    const own = await OutboxHarness.create({ topic });
    try {
      const [bad, good] = newIntents(2) as [string, string];
      await own.commit(bad, 1, { nextAction: 'x'.repeat(30_000) });
      await own.commit(good, 1);
      await own.startRelay();
      await until(async () => (await parked(own)).length === 1, { what: 'the row to be parked' });
      await until(() => own.versions(good).length === 1, { what: 'the other intent' });
      expect(await parked(own)).toMatchObject([{ code: 'REFUSED_BY_BROKER' }]);
    } finally {
      await own.close();
    }
  });

  test('because its topic is not known here waits for a relay that knows it', async () => {
    const [known, unknown] = newIntents(2) as [string, string];
    await harness.commit(known);
    const row = {
      paymentIntentId: unknown,
      intentId: unknown,
      version: 1,
      topic: 'of.tomorrow',
      payload: {},
    };
    await harness.database.transaction((em) => appendOutbox(em, [row]));
    await harness.startRelay();
    await until(() => harness.versions(known).length === 1, { what: 'the known row' });
    await until(async () => (await harness.pending()) === 1, { what: 'only the unknown row to be left' });
    expect(await parked()).toEqual([]);
  });
});
