/** Where a produce reply speaks of a partition. */
export interface PartitionAnswer {
  readonly partition: number;
  /** Of the partition's number, in 4 bytes. */
  readonly numberAt: number;
  /** Of the error code, in 2 bytes. */
  readonly errorAt: number;
}

/**
 * Reads a whole reply to a produce request, its length included (versions 9 to 12,
 * https://kafka.apache.org/protocol#The_Messages_Produce). Without tagged fields and record errors.
 */
export function answersIn(reply: Buffer): PartitionAnswer[] {
  const answers: PartitionAnswer[] = [];
  // Length, correlation id, tags of the header.
  let at = 4 + 4 + 1;
  const count = (): number => (reply[at++] as number) - 1;
  for (let topics = count(); topics > 0; topics -= 1) {
    const name = count();
    at += name;
    for (let partitions = count(); partitions > 0; partitions -= 1) {
      answers.push({ partition: reply.readInt32BE(at), numberAt: at, errorAt: at + 4 });
      // Number, error code, base offset, time, start offset; no record errors, no message, no tags.
      at += 4 + 2 + 8 + 8 + 8 + 3;
    }
    at += 1;
  }
  return answers;
}
