import { type API, createAPI, produceV11, Writer } from '@platformatic/kafka';
import { type BatchRecord, encodeRecordBatch } from './record-batch.js';

/**
 * All records for one partition, as the value of a single message: the client copies every message of a send into maps
 * and objects of its own, which costs more than encoding it, but passes values through unchanged.
 */
export interface BatchMessage {
  readonly topic: string;
  readonly partition: number;
  readonly value: readonly BatchRecord[];
}

type Produce = API<unknown[], unknown>;

const { key, version } = produceV11.api;

/** For brokers from Kafka 3.8 on. Source: https://kafka.apache.org/protocol#The_Messages_Produce */
const PRODUCE: Produce = createAPI(key, version, createRequest, produceV11.parseResponse);

/** An API that takes {@link BatchMessage}s, for the one by which the client would write. */
export function produceBatches(api: Produce): Produce {
  return api.version === version ? PRODUCE : inSingleMessages(api);
}

function createRequest(acks: number, timeoutMs: number, batches: readonly BatchMessage[]): Writer {
  const now = Date.now();
  const topics = Map.groupBy(batches, ({ topic }) => topic);
  return Writer.create()
    .appendString(null)
    .appendInt16(acks)
    .appendInt32(timeoutMs)
    .appendArray([...topics], (writer, [topic, ofTopic]) => {
      writer.appendString(topic).appendArray(ofTopic, (one, { partition, value }) => {
        one.appendInt32(partition).appendBytes(encodeRecordBatch(value, now));
      });
    })
    .appendTaggedFields();
}

/** For older brokers: the client's own encoding, which takes single messages. */
function inSingleMessages(api: Produce): Produce {
  const single = (...args: unknown[]): void => {
    const [connection, acks, timeoutMs, batches, ...rest] = args;
    const messages = (batches as readonly BatchMessage[]).flatMap(singleMessages);
    (api as unknown as (...args: unknown[]) => void)(connection, acks, timeoutMs, messages, ...rest);
  };
  return Object.assign(single, { async: api.async, key: api.key, version: api.version });
}

function singleMessages({ topic, partition, value }: BatchMessage) {
  return value.map((record) => ({
    topic,
    partition,
    key: record.key,
    value: record.value,
    headers: headersOf(record),
  }));
}

function headersOf({ headers = {} }: BatchRecord): Map<Buffer, Buffer> {
  const bytes = (text: string | Buffer): Buffer => (typeof text === 'string' ? Buffer.from(text) : text);
  return new Map(Object.entries(headers).map(([name, value]) => [Buffer.from(name), bytes(value)]));
}
