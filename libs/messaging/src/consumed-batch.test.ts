import { expect, test } from '@jest/globals';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { recordsOf } from './consumed-batch.js';

/** As kafkajs decodes them: its types lack null header values. */
function headersOf(
  headers: Record<string, unknown>,
): Readonly<Record<string, Buffer | undefined>> | undefined {
  const message = { key: null, value: null, offset: '0', timestamp: '0', headers } as unknown as KafkaMessage;
  const payload = { batch: { topic: 't', partition: 0, messages: [message] } } as unknown as EachBatchPayload;
  return recordsOf(payload)[0]?.headers;
}

test('of a header given several times the first counts', () => {
  const [first, second] = [Buffer.from('1'), Buffer.from('2')];
  expect(headersOf({ h: [first, second], one: first })).toEqual({ h: first, one: first });
});

test('headers without a value, as other clients send them, are left out', () => {
  const headers = headersOf({ nothing: null, some: Buffer.from('x'), first: [null, Buffer.from('y')] });
  expect(Object.entries(headers ?? {})).toEqual([['some', Buffer.from('x')]]);
});
