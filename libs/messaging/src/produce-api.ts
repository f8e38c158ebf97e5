import { type API, createAPI, produceV11, Writer } from '@platformatic/kafka';
import { type BatchRecord, encodeRecordBatch } from './record-batch.js';

interface Message extends BatchRecord {
  readonly topic: string;
  readonly partition: number;
}

const { key, version } = produceV11.api;

/**
 * The client's own API, but for the encoding of records. Brokers before Kafka 3.8 lack this version. Source:
 * https://kafka.apache.org/protocol#The_Messages_Produce
 */
export const PRODUCE: API<unknown[], unknown> = createAPI(
  key,
  version,
  createRequest,
  produceV11.parseResponse,
);

function createRequest(acks: number, timeoutMs: number, messages: readonly Message[]): Writer {
  const now = Date.now();
  const topics = Map.groupBy(messages, ({ topic }) => topic);
  return Writer.create()
    .appendString(null)
    .appendInt16(acks)
    .appendInt32(timeoutMs)
    .appendArray([...topics], (writer, [topic, ofTopic]) => {
      const partitions = Map.groupBy(ofTopic, ({ partition }) => partition);
      writer.appendString(topic).appendArray([...partitions], (one, [partition, records]) => {
        one.appendInt32(partition).appendBytes(encodeRecordBatch(records, now));
      });
    })
    .appendTaggedFields();
}
