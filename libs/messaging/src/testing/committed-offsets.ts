import type { KafkaConnection } from '../connection.js';

/** The group's committed offsets by partition; partitions without one are left out. */
export async function committedOffsets(
  kafka: KafkaConnection,
  groupId: string,
  topic: string,
): Promise<Map<number, bigint>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const committed = offsets?.partitions.filter(({ offset }) => offset !== '-1') ?? [];
    return new Map(committed.map(({ partition, offset }) => [partition, BigInt(offset)]));
  } finally {
    await admin.disconnect();
  }
}
