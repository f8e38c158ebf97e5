import { Partitioners } from 'kafkajs';

const hashed = Partitioners.DefaultPartitioner();

/** The partition that the Java client chooses for `key`: other clients agree on where a payment lives. */
export function partitionOf(topic: string, key: Buffer, partitions: number): number {
  return hashed({ topic, partitionMetadata: metadataOf(partitions), message: { key, value: null } });
}

const known = new Map<number, Parameters<typeof hashed>[0]['partitionMetadata']>();

/** Leaders play no part for a record with a key: only the number of partitions is read. */
function metadataOf(partitions: number): Parameters<typeof hashed>[0]['partitionMetadata'] {
  let metadata = known.get(partitions);
  if (metadata === undefined) {
    metadata = Array.from({ length: partitions }, (_, partitionId) => ({
      partitionId,
      partitionErrorCode: 0,
      leader: 0,
      replicas: [],
      isr: [],
    }));
    known.set(partitions, metadata);
  }
  return metadata;
}
