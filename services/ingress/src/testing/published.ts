import type { TopicSpec } from '@payments/contracts';
import { uniqueName, until } from '@payments/local/testing';
import {
  type ConsumedRecord,
  type KafkaConnection,
  type SchemaCodec,
  startConsumer,
} from '@payments/messaging';
import { createLogger, Metrics } from '@payments/runtime';

/** A record of a topic, and the headers beside it. */
export interface Published<Value> {
  readonly value: Value;
  readonly key: string;
  readonly headers: ConsumedRecord['headers'];
}

export interface PublishedRecords<Value> {
  /** Those found so far whose id is `id`. */
  of(id: string): readonly Published<Value>[];
  /** Waits for one. */
  first(id: string): Promise<Published<Value>>;
  close(): Promise<void>;
}

/** Reads a topic as any consumer of it does. */
export async function collectRecords<Value>(
  kafka: KafkaConnection,
  codec: SchemaCodec,
  spec: TopicSpec<Value>,
  idOf: (value: Value) => string,
): Promise<PublishedRecords<Value>> {
  const found = new Map<string, Published<Value>[]>();
  const consumer = await startConsumer({
    kafka,
    topics: [spec.name],
    groupId: uniqueName('ingress-test'),
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics: new Metrics(),
    onBatch: async (batch) => {
      for (const { key, value: bytes, offset, headers } of batch.records) {
        const value = bytes && (await codec.decode(spec, bytes).catch(() => undefined));
        if (value) {
          const same = found.get(idOf(value)) ?? [];
          found.set(idOf(value), [...same, { value, key: String(key), headers }]);
        }
        batch.resolve(BigInt(offset));
      }
    },
    onCrash: (error) => {
      throw error;
    },
  });
  const of = (id: string) => found.get(id) ?? [];
  return {
    of,
    first: (id) => until(() => of(id)[0], { what: `a record of ${id}` }),
    close: () => consumer.close(),
  };
}
