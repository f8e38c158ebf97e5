import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type PaymentIntentEvent, TOPICS, type TopicSpec } from '@payments/contracts';
import { uniqueName, until } from '@payments/local/testing';
import { createLogger } from '@payments/runtime';
import { type ConsumeOptions, consumeValues } from './consume-values.js';
import { clientOptions, eventOf, openPipelineEnd, type PipelineEnd } from './testing/topics.js';

/** Wire format with the id of a schema that is not registered. */
const UNKNOWN = Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1]);

let pipeline: PipelineEnd;
/** Of one test: other readers of the real one could not read its records, or would wait for their schema. */
let topic: TopicSpec<PaymentIntentEvent>;

beforeAll(async () => {
  pipeline = await openPipelineEnd();
}, 60_000);
beforeEach(async () => {
  topic = { ...TOPICS.intentEvents, name: uniqueName('events'), partitions: 1 };
  await pipeline.addTopic(topic);
});
afterAll(() => pipeline?.close());

interface Seen {
  /** Keys of the records that were passed over. */
  readonly unreadable: string[];
  readonly versions: number[];
}

/** @returns what was seen until `isOver` */
async function consume(given: Partial<ConsumeOptions>, isOver: (seen: Seen) => boolean): Promise<Seen> {
  const seen: Seen = { unreadable: [], versions: [] };
  const options = clientOptions();
  const onCrash = (error: Error) => {
    throw error;
  };
  const consumer = await consumeValues(
    {
      ...options,
      onCrash,
      onUnreadable: ({ key }) => void seen.unreadable.push(String(key)),
      groupId: options.service,
      ...given,
    },
    topic,
    async ({ version }) => void seen.versions.push(version),
  );
  await until(() => isOver(seen), { what: 'the records to be tried or passed over' });
  await consumer.close();
  return seen;
}

test('records that nobody can read are told and passed over', async () => {
  await pipeline.publishBytes(topic.name, 'key', Buffer.from('no Avro'));
  await pipeline.publishBytes(topic.name, 'key', null);
  await pipeline.publish(topic, 'key', eventOf('intent', 1));
  expect(await consume({}, ({ versions }) => versions.length > 0)).toEqual({
    unreadable: ['key'],
    versions: [1],
  });
});

test('a record whose schema is unknown is waited for: what is passed over never comes again', async () => {
  await pipeline.publishBytes(topic.name, 'key', UNKNOWN);
  const logged: string[] = [];
  const destination = { write: (line: string) => void logged.push(line) };
  const logger = createLogger({ service: 'test', destination });
  const tries = () => logged.filter((line) => line.includes('the registry has no schema')).length;
  const isTried = ({ unreadable }: Seen) => unreadable.length > 0 || tries() > 1;
  expect((await consume({ logger }, isTried)).unreadable).toEqual([]);
});

test('one that is old is told and passed over', async () => {
  await pipeline.publishBytes(topic.name, 'key', UNKNOWN);
  const seen = await consume({ unknownSchemaMsMax: 0 }, ({ unreadable }) => unreadable.length > 0);
  expect(seen.unreadable).toEqual(['key']);
});
