import type { Message, Producer, RecordMetadata, TopicMessages } from 'kafkajs';
import type { KafkaConnection } from './connection.js';
import type { PartitionBatch } from './send-queue.js';

const ACKS_FROM_ALL_REPLICAS = -1;

/**
 * A kafkajs producer that leaves the choice of partitions and the retries to us and numbers nothing
 * (docs/adr/0002): across retries of its own it keeps answers that a moved leader has made wrong.
 */
export function createProducer({ bounded }: KafkaConnection): Producer {
  return bounded.producer({
    idempotent: false,
    retry: { retries: 0 },
    allowAutoTopicCreation: false,
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition as number,
  });
}

/** @returns the offset of the first record of each batch; undefined for one that the result does not name. */
export async function produce(
  producer: Producer,
  batches: readonly PartitionBatch[],
): Promise<readonly (bigint | undefined)[]> {
  const results = await producer.sendBatch({
    acks: ACKS_FROM_ALL_REPLICAS,
    topicMessages: topicMessagesOf(batches),
  });
  const offsets = firstOffsetsOf(results);
  return batches.map(({ topic, partition }) => offsets.get(`${topic}/${partition}`));
}

function firstOffsetsOf(results: readonly RecordMetadata[]): Map<string, bigint> {
  const offsets = new Map<string, bigint>();
  for (const { topicName, partition, errorCode, baseOffset } of results) {
    if (errorCode === 0) offsets.set(`${topicName}/${partition}`, BigInt(baseOffset ?? '-1'));
  }
  return offsets;
}

function topicMessagesOf(batches: readonly PartitionBatch[]): TopicMessages[] {
  const byTopic = new Map<string, Message[]>();
  for (const { topic, records } of batches) {
    let messages = byTopic.get(topic);
    if (messages === undefined) {
      messages = [];
      byTopic.set(topic, messages);
    }
    for (const { message } of records) messages.push(message);
  }
  return Array.from(byTopic, ([topic, messages]) => ({ topic, messages }));
}
