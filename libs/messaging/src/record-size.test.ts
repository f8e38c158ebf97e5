import { describe, expect, test } from '@jest/globals';
import { deadLetterTopicOf, TOPICS } from '@payments/contracts';
import { recordBytesMax, sizeOf } from './record-size.js';

describe('the largest record', () => {
  test('of a topic, with the headers of a failure, fits its dead-letter topic', () => {
    for (const { name } of Object.values(TOPICS)) {
      const headers = { 'dlq.error.message': 'é'.repeat(500), 'dlq.error.class': 'x'.repeat(1_000) };
      const largest = Buffer.alloc(recordBytesMax(name));
      expect(sizeOf(Buffer.alloc(0), largest, headers)).toBeLessThan(recordBytesMax(deadLetterTopicOf(name)));
    }
  });

  test('of a topic is at least a webhook body of 1 MiB, sealed', () => {
    expect(recordBytesMax(TOPICS.webhookReceived.name)).toBeGreaterThan(1024 * 1024 + 10_000);
  });
});

test('a size covers key, value and headers in UTF-8', () => {
  const size = sizeOf(Buffer.from('key'), Buffer.from('value'), { ä: '€€€', raw: Buffer.alloc(7) });
  const exact = 3 + 5 + Buffer.byteLength('ä€€€') + 3 + 7;
  expect(size).toBeGreaterThan(exact);
  expect(sizeOf(Buffer.alloc(0), null, undefined)).toBeGreaterThan(0);
});
