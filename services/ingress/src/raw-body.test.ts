import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { BodyError, RawBodyReader } from './raw-body.js';

function request(): { req: IncomingMessage; send: PassThrough } {
  const send = new PassThrough();
  return { req: Object.assign(send, { headers: {} }) as unknown as IncomingMessage, send };
}

test('a body that is refused on its way counts for nothing once the rest of it has come as well', async () => {
  const reader = new RawBodyReader(1024 * 1024);
  const { req, send } = request();
  const read = reader.read(req, 10_000).catch((error: unknown) => error);
  // Kept in more memory than it takes so far.
  send.write(Buffer.alloc(5_000));
  send.write(Buffer.alloc(1_000));
  send.write(Buffer.alloc(9_000));
  expect(await read).toBeInstanceOf(BodyError);
  expect(reader.bytesHeld).toBe(0);
  const ended = once(send, 'end');
  send.end(Buffer.alloc(50_000));
  await ended;
  expect(reader.bytesHeld).toBe(0);
});
