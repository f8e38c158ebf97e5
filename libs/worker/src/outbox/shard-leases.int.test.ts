import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '@payments/local/testing';
import { GatedProducer, newIntents, OutboxHarness, SHORT_LEASE_MS } from '../testing/outbox-harness.js';

let harness: OutboxHarness;
beforeEach(async () => {
  harness = await OutboxHarness.create();
}, 60_000);
afterEach(() => harness.close(), 60_000);

describe('leases', () => {
  test('relays share the shards evenly, and one that closes releases its own at once', async () => {
    const relays = [await harness.startRelay(), await harness.startRelay()] as const;
    expect(relays[1].shards).toEqual([]);
    await until(() => relays.every(({ shards }) => shards.length === 4), { what: 'an even share' });
    expect([...relays[0].shards, ...relays[1].shards].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const third = await harness.startRelay();
    await until(() => third.shards.length === 2, { what: 'a share for the third' });
    await relays[0].close();
    await until(() => third.shards.length === 4 && relays[1].shards.length === 4, { what: 'shares of two' });
  });

  test('a stalled relay whose lease expired only repeats records: it neither deletes rows nor reorders versions', async () => {
    const [intent] = newIntents(1) as [string];
    await harness.commit(intent, 2);
    const [gate, successorsGate] = [
      new GatedProducer(harness.parts.producer),
      new GatedProducer(harness.parts.producer),
    ];
    // The leases expire while it is blocked: the next renewal is far away.
    const old = await harness.startRelay({ leaseMs: SHORT_LEASE_MS, renewMs: 600_000 }, { producer: gate });
    await until(() => gate.waiting > 0, { what: 'the old relay to be sending' });
    await harness.startRelay({}, { producer: successorsGate });
    await until(() => successorsGate.waiting > 0, { what: 'its successor to be sending the same' });
    gate.open();
    // It notices that its delete affected no rows, and checks its leases.
    await until(async () => (await harness.metric('outbox_lease_changes_total', { change: 'lost' })) === 8, {
      what: 'the old relay to notice',
    });
    expect(old.shards).toEqual([]);
    expect(await harness.pending()).toBe(2);
    successorsGate.open();
    await harness.drained();
    await until(() => harness.versions(intent).length === 4, { what: 'the repetition' });
    expect(harness.firsts(intent)).toEqual([1, 2]);
  });
});
