import { askPort } from '../ports.js';

const METADATA = 3;

/** How many brokers this one counts in its cluster (Metadata v1, with no topics asked for). */
export async function countBrokers(port: number): Promise<number> {
  const body = Buffer.alloc(14);
  body.writeInt16BE(METADATA, 0);
  body.writeInt16BE(1, 2);
  body.writeInt32BE(0, 4);
  body.writeInt16BE(-1, 8); // no client id
  body.writeInt32BE(0, 10); // no topics
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  const answer = await askPort(port, Buffer.concat([size, body]), 2000);
  // size, correlation id, then the array of brokers
  return answer.readInt32BE(8);
}
