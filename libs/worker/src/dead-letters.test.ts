import { expect, test } from '@jest/globals';
import { DEAD_LETTER_HEADERS } from '@payments/contracts';
import {
  type ConsumedRecord,
  type OutgoingRecord,
  RecordTooLargeError,
  SendDeadlineError,
  SendRefusedError,
} from '@payments/messaging';
import { DeadLetters } from './dead-letters.js';
import { PoisonError } from './disposition.js';

const RECORD: ConsumedRecord = {
  topic: 'some.topic',
  partition: 3,
  offset: '41',
  key: Buffer.from('key'),
  value: Buffer.from('value'),
  headers: { foreign: Buffer.from('x') },
  timestamp: 1_700_000_000_000,
};
const WHY = { code: 'CODE', error: new Error('why'), attempts: 1, firstFailedAt: 0 };

/** A producer that fails with these errors first; keeps the records it was given. */
function deadLettersAnswering(...errors: Error[]) {
  const sent: OutgoingRecord[] = [];
  const producer = {
    send: async (record: OutgoingRecord) => {
      sent.push(record);
      const error = errors.shift();
      if (error !== undefined) throw error;
      return { partition: 0, offset: 0n };
    },
  };
  return { sent, deadLetters: new DeadLetters(producer, 'group') };
}

test('a record is written with its bytes, its own headers and the reason', async () => {
  const { sent, deadLetters } = deadLettersAnswering();
  await deadLetters.write(RECORD, WHY);
  expect(sent).toHaveLength(1);
  expect(sent[0]).toMatchObject({ topic: 'some.topic.dlq', key: RECORD.key, value: RECORD.value });
  expect(sent[0]?.headers).toMatchObject({ foreign: RECORD.headers.foreign, 'dlq.error.code': 'CODE' });
});

test('what an error says to put in its place goes instead of the original', async () => {
  const { sent, deadLetters } = deadLettersAnswering();
  const letter = { value: Buffer.from('v'), headers: { 'dlq.fingerprint': Buffer.from('k:1') } };
  await deadLetters.write(RECORD, { ...WHY, error: new PoisonError('CARD_DATA', 'why', { letter }) });
  expect(sent[0]).toMatchObject({ topic: 'some.topic.dlq', key: RECORD.key, value: letter.value });
  expect(sent[0]?.headers).toMatchObject({ ...letter.headers, 'dlq.original.offset': '41' });
  expect(sent[0]?.headers).not.toHaveProperty('foreign');
});

test('one whose headers cannot be written goes without them', async () => {
  const { sent, deadLetters } = deadLettersAnswering(new TypeError('a header is not bytes'));
  await deadLetters.write(RECORD, WHY);
  expect(sent[1]?.headers).not.toHaveProperty('foreign');
  expect(sent[1]?.value).toBe(RECORD.value);
});

test('one that does not fit goes without its value, and says how long that is', async () => {
  const { sent, deadLetters } = deadLettersAnswering(
    new RecordTooLargeError('1'),
    new RecordTooLargeError('2'),
  );
  await deadLetters.write(RECORD, WHY);
  expect(sent[2]?.value).toBeNull();
  expect(sent[2]?.headers).toMatchObject({
    [DEAD_LETTER_HEADERS.valueBytes]: '5',
    [DEAD_LETTER_HEADERS.originalOffset]: '41',
  });
});

test('a broker that does not answer is left to the caller: nothing is reduced', async () => {
  const { sent, deadLetters } = deadLettersAnswering(new SendDeadlineError('late'));
  await expect(deadLetters.write(RECORD, WHY)).rejects.toThrow(SendDeadlineError);
  expect(sent).toHaveLength(1);
});

test('one that the broker refuses for its content goes without its headers; without the right to write it is whole later', async () => {
  const refused = (isForContent: boolean) =>
    new SendRefusedError('refused', { isForContent, cause: new Error('why') });
  const forContent = deadLettersAnswering(refused(true));
  await forContent.deadLetters.write(RECORD, WHY);
  expect(forContent.sent[1]?.headers).not.toHaveProperty('foreign');

  const forRights = deadLettersAnswering(refused(false));
  await expect(forRights.deadLetters.write(RECORD, WHY)).rejects.toThrow(SendRefusedError);
  expect(forRights.sent).toHaveLength(1);
});

test.each([
  ['2', '2'],
  ['not a number', '0'],
  ['99999999999999999999', '0'],
])('a replay count of %j is carried on as %j', async (given, carried) => {
  const { sent, deadLetters } = deadLettersAnswering();
  const headers = { [DEAD_LETTER_HEADERS.replayCount]: Buffer.from(given) };
  await deadLetters.write({ ...RECORD, headers }, WHY);
  expect(sent[0]?.headers?.[DEAD_LETTER_HEADERS.replayCount]).toBe(carried);
});
