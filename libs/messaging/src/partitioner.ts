const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;
const SHIFT = 24;

/**
 * The partition that Kafka's Java client chooses for `key` (its DefaultPartitioner, which kafkajs has too), so that
 * all clients agree where a payment lives. Reimplemented with integer multiplication: kafkajs computes it with BigInt
 * for every record.
 */
export function partitionOf(key: Buffer, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

/** org.apache.kafka.common.utils.Utils.murmur2 of Apache Kafka. */
function murmur2(data: Buffer): number {
  const { length } = data;
  const whole = length - (length % 4);
  let hash = SEED ^ length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(data.readInt32LE(at), MULTIPLIER);
    word = Math.imul(word ^ (word >>> SHIFT), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ word;
  }
  const rest = length - whole;
  if (rest > 2) hash ^= data.readUInt8(whole + 2) << 16;
  if (rest > 1) hash ^= data.readUInt8(whole + 1) << 8;
  if (rest > 0) hash = Math.imul(hash ^ data.readUInt8(whole), MULTIPLIER);
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}
