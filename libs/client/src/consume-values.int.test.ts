import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { TOPICS } from '@payments/contracts';
import { uniqueName, until } from '@payments/local/testing';
import { createKafka, ensureTopics } from '@payments/messaging';
import { createLogger } from '@payments/runtime';
import { type ConsumeOptions, consumeValues } from './consume-values.js';
import { clientOptions, openPipelineEnd, type PipelineEnd } from './testing/topics.js';

/** Joining a group takes seconds when many do at once. */
jest.setTimeout(60_000);

/** A topic of its own: consumers of the real one would wait for the schema as well. */
const topic = { ...TOPICS.intentEvents, name: uniqueName('events'), partitions: 1 };
/** Wire format with the id of a schema that is not registered. */
const UNKNOWN = Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1]);

let pipeline: PipelineEnd;
beforeAll(async () => {
  pipeline = await openPipelineEnd();
  const { brokers, logger = createLogger({ service: 'test' }) } = clientOptions();
  const kafka = createKafka({ brokers, clientId: 'test', logger });
  await ensureTopics(kafka, [topic], { replicationFactor: 1, minInSyncReplicas: 1 });
  await pipeline.publishBytes(topic.name, 'key', UNKNOWN);
}, 60_000);
afterAll(() => pipeline?.close());

/** @returns the number of records skipped until `isOver` */
async function consume(
  given: Partial<ConsumeOptions>,
  isOver: (passedOver: number) => boolean,
): Promise<number> {
  let passedOver = 0;
  const options = clientOptions();
  const onCrash = (error: Error) => {
    throw error;
  };
  const onUnreadable = () => {
    passedOver += 1;
  };
  const consumer = await consumeValues(
    { ...options, onCrash, onUnreadable, groupId: options.service, ...given },
    topic,
    async () => {},
  );
  await until(() => isOver(passedOver), { what: 'the record to be tried or passed over' });
  await consumer.close();
  return passedOver;
}

test('a record whose schema is unknown is waited for: what is passed over never comes again', async () => {
  const logged: string[] = [];
  const destination = { write: (line: string) => void logged.push(line) };
  const logger = createLogger({ service: 'test', destination });
  const tries = () => logged.filter((line) => line.includes('the registry has no schema')).length;
  expect(await consume({ logger }, (passedOver) => passedOver > 0 || tries() > 1)).toBe(0);
});

test('one that is old is told and passed over', async () => {
  expect(await consume({ unknownSchemaMsMax: 0 }, (passedOver) => passedOver > 0)).toBe(1);
});
