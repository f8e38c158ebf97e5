import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { TOPICS } from '@payments/contracts';
import { intentIdOf } from '@payments/domain';
import { uniqueName, until } from '@payments/local/testing';
import type { RunningConsumer } from '@payments/messaging';
import { consumeCommandOutcomes } from './consume-command-outcomes.js';
import { type ConsumeIntentEventsOptions, consumeIntentEvents } from './consume-intent-events.js';
import { clientOptions, eventOf, openPipelineEnd, outcomeOf, type PipelineEnd } from './testing/topics.js';
import { MemoryVersionStore } from './version-store.js';

/** Joining a group takes seconds when many do at once. */
jest.setTimeout(60_000);

let pipeline: PipelineEnd;
const consumers: RunningConsumer[] = [];

beforeAll(async () => {
  pipeline = await openPipelineEnd();
}, 60_000);
afterEach(async () => {
  await Promise.all(consumers.splice(0).map((consumer) => consumer.close()));
});
afterAll(() => pipeline?.close());

const newIntent = () => intentIdOf(uniqueName('order'), 'stripe');
const tell = (intentId: string, version: number) =>
  pipeline.publish(TOPICS.intentEvents, intentId, eventOf(intentId, version));

function consumeOptions() {
  const options = clientOptions();
  const onCrash = (error: Error) => {
    throw error;
  };
  return { ...options, onCrash, groupId: options.service };
}

/** The versions of one intent, as they are handled. */
async function follow(
  intentId: string,
  given: Partial<ConsumeIntentEventsOptions> = {},
): Promise<readonly number[]> {
  const versions: number[] = [];
  const onEvent = async (event: { intentId: string; version: number }) => {
    if (event.intentId === intentId) versions.push(event.version);
  };
  consumers.push(await consumeIntentEvents({ ...consumeOptions(), onEvent, ...given }));
  return versions;
}

test('versions that are not newer than the last one handled are dropped', async () => {
  const intentId = newIntent();
  const versions = await follow(intentId);
  for (const version of [1, 2, 2, 1, 3, 1, 2, 3, 4]) await tell(intentId, version);
  await until(() => versions.includes(4), { what: 'the last version' });
  expect(versions).toEqual([1, 2, 3, 4]);
});

test('what a store of the caller remembers outlives the consumer', async () => {
  const intentId = newIntent();
  const store = new MemoryVersionStore();
  await follow(intentId, { versions: store });
  await tell(intentId, 1);
  await tell(intentId, 2);
  await until(async () => (await store.newest(intentId)) === 2, { what: 'both versions' });
  await consumers.pop()?.close();
  // Another group reads everything from the beginning again.
  const versions = await follow(intentId, { versions: store });
  await tell(intentId, 3);
  await until(() => versions.includes(3), { what: 'the new version' });
  expect(versions).toEqual([3]);
});

test('an event whose handler fails comes again, before what follows it', async () => {
  const intentId = newIntent();
  const handled: number[] = [];
  let failures = 2;
  const onEvent = async (event: { intentId: string; version: number }) => {
    if (event.intentId !== intentId) return;
    if (event.version === 2 && failures > 0) {
      failures -= 1;
      throw new Error('the database of the order service is away');
    }
    handled.push(event.version);
  };
  consumers.push(await consumeIntentEvents({ ...consumeOptions(), onEvent }));
  for (const version of [1, 2, 3]) await tell(intentId, version);
  await until(() => handled.includes(3), { what: 'the last version' });
  expect(handled).toEqual([1, 2, 3]);
  expect(failures).toBe(0);
});

test('outcomes of commands are heard', async () => {
  const commandId = randomUUID();
  const intentId = newIntent();
  const heard: string[] = [];
  const onOutcome = async (outcome: { commandId: string; outcome: string }) => {
    if (outcome.commandId === commandId) heard.push(outcome.outcome);
  };
  consumers.push(await consumeCommandOutcomes({ ...consumeOptions(), onOutcome }));
  await pipeline.publish(TOPICS.commandOutcomes, intentId, outcomeOf(intentId, commandId));
  await until(() => heard.length > 0, { what: 'the outcome' });
  expect(heard).toEqual(['DONE']);
});

test('events and outcomes are both consumed by one service under one group id', async () => {
  const [commandId, intentId] = [randomUUID(), newIntent()];
  const heard: (string | number)[] = [];
  const options = consumeOptions();
  const onOutcome = async (outcome: { commandId: string; outcome: string }) => {
    if (outcome.commandId === commandId) heard.push(outcome.outcome);
  };
  const onEvent = async (event: { intentId: string; version: number }) => {
    if (event.intentId === intentId) heard.push(event.version);
  };
  consumers.push(await consumeCommandOutcomes({ ...options, onOutcome }));
  consumers.push(await consumeIntentEvents({ ...options, onEvent }));
  await pipeline.publish(TOPICS.commandOutcomes, intentId, outcomeOf(intentId, commandId));
  await tell(intentId, 1);
  await until(() => heard.length === 2, { what: 'the outcome and the event' });
  expect(heard.toSorted()).toEqual([1, 'DONE']);
});
