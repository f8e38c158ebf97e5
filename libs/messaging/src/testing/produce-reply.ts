/** Where a produce response refers to a partition. */
export interface PartitionAnswer {
  readonly partition: number;
  /** Position of the partition's number, 4 bytes. */
  readonly numberAt: number;
  /** Position of the error code, 2 bytes. */
  readonly errorAt: number;
}

/**
 * Parses a whole produce response, its length prefix included (versions 9 to 12,
 * https://kafka.apache.org/protocol#The_Messages_Produce), without tagged fields and record errors.
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
