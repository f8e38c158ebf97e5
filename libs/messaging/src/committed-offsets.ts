import { sleep } from '@payments/runtime';
import type { Admin } from 'kafkajs';
import type { KafkaConnection } from './connection.js';

const WAIT_MS_MAX = 10_000;
/** About as long: a new cluster has no coordinator of groups until somebody has asked for one. */
const RETRIES_MAX = 12;
const AGAIN_MS = 200;

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
  const over = AbortSignal.timeout(WAIT_MS_MAX);
  const admin = kafka.until(over, RETRIES_MAX).admin();
  try {
    await admin.connect();
    return await untilAnswered(over, () => fetchCommitted(admin, groupId, topic));
  } finally {
    await admin.disconnect();
  }
}

/** As `committedOffsets`, asked once of a client that is connected. */
export async function fetchCommitted(
  admin: Pick<Admin, 'fetchOffsets'>,
  groupId: string,
  topic: string,
): Promise<Map<number, bigint>> {
  const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const offsets = committed?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)] as const);
  return new Map(offsets?.filter(([, offset]) => offset >= 0n));
}

/** kafkajs does not ask again if the coordinator that it found is not the group's by then, or not ready. */
async function untilAnswered<T>(over: AbortSignal, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (over.aborted || (error as { retriable?: boolean }).retriable !== true) throw error;
      await sleep(AGAIN_MS);
    }
  }
}
