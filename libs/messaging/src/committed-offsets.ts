import type { KafkaConnection } from './connection.js';

const WAIT_MS_MAX = 10_000;
/** About as long: a new cluster has no coordinator of groups until somebody has asked for one. */
const RETRIES_MAX = 12;

/**
 * The first offset that a group has not finished, by partition, as the brokers have it. Partitions of which it finished
 * nothing are left out.
 *
 * @throws whatever kafkajs throws if no broker answers within ten seconds
 */
export async function committedOffsets(
  kafka: KafkaConnection,
  groupId: string,
  topic: string,
): Promise<Map<number, bigint>> {
  const admin = kafka.until(AbortSignal.timeout(WAIT_MS_MAX), RETRIES_MAX).admin();
  try {
    await admin.connect();
    const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const offsets = committed?.partitions.map(
      ({ partition, offset }) => [partition, BigInt(offset)] as const,
    );
    return new Map(offsets?.filter(([, offset]) => offset >= 0n));
  } finally {
    await admin.disconnect();
  }
}
