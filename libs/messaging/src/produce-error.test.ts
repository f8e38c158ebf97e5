import { describe, expect, test } from '@jest/globals';
import {
  MultipleErrors,
  NetworkError,
  ProtocolError,
  ResponseError,
  TimeoutError,
  UserError,
} from '@platformatic/kafka';
import fc from 'fast-check';
import {
  defectIn,
  isForContent,
  isRetriable,
  NoAnswerError,
  partsToBlame,
  storedDespite,
  wasAnswered,
  wasUnanswered,
} from './produce-error.js';
import type { PartitionBatch, Pending } from './send-queue.js';

function batch(partition: number, values: readonly number[]): PartitionBatch {
  const records = values.map((value) => ({ bytes: value }) as Pending);
  return { topic: 't', partition, records };
}

/** Splits and sends until every record is stored or blamed, as the producer does. */
function sendAll(batches: readonly PartitionBatch[], bad: ReadonlySet<number>) {
  const stored: number[] = [];
  const blamed: number[] = [];
  const again: (readonly PartitionBatch[])[] = [batches];
  for (let parts = again.shift(); parts !== undefined; parts = again.shift()) {
    const values = parts.flatMap(({ records }) => records.map(({ bytes }) => bytes));
    if (!values.some((value) => bad.has(value))) {
      stored.push(...values);
      continue;
    }
    const smaller = partsToBlame(parts, new ProtocolError('MESSAGE_TOO_LARGE'));
    if (smaller === undefined) blamed.push(...values);
    else again.unshift(...smaller.map((part) => [part]));
  }
  return { stored, blamed };
}

describe('the record that makes a send fail', () => {
  test('is found, whatever else is sent with it; all others are stored, in order', () => {
    const partitions = fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 12 }), { minLength: 1 });
    fc.assert(
      fc.property(partitions, fc.func(fc.boolean()), (sizes, isBad) => {
        let next = 0;
        const batches = sizes.map((records, partition) =>
          batch(
            partition,
            records.map(() => next++),
          ),
        );
        const all = Array.from({ length: next }, (_, value) => value);
        const bad = new Set(all.filter((value) => isBad(value)));
        const { stored, blamed } = sendAll(batches, bad);
        expect(stored).toEqual(all.filter((value) => !bad.has(value)));
        expect(blamed).toEqual([...bad]);
      }),
    );
  });

  test('is not looked for when no record can be at fault, as without the right to write', () => {
    const error = new ProtocolError('TOPIC_AUTHORIZATION_FAILED');
    expect(partsToBlame([batch(0, [1, 2]), batch(1, [3])], error)).toHaveLength(2);
    expect(partsToBlame([batch(0, [1, 2])], error)).toBeUndefined();
  });

  test('is looked for when the client itself could not encode it', () => {
    expect(partsToBlame([batch(0, [1, 2])], new TypeError('a header'))).toHaveLength(2);
  });
});

describe('a failed request', () => {
  const failed = (...errors: Error[]) => new MultipleErrors('Producing messages failed.', errors);

  test.each([
    ['nobody answered', new NetworkError('Connection closed'), true, true],
    ['the answer took too long', new TimeoutError('Request timed out'), true, true],
    [
      'no broker can be reached',
      failed(new NetworkError('one'), failed(new NetworkError('two'))),
      true,
      true,
    ],
    [
      'one broker answered, the other did not',
      failed(new ProtocolError(19), new NetworkError('x')),
      true,
      false,
    ],
    ['replicas are missing', failed(new ProtocolError('NOT_ENOUGH_REPLICAS')), true, false],
    ['the leader moved', failed(new ProtocolError('NOT_LEADER_OR_FOLLOWER')), true, false],
    ['the topic is gone', new UserError('Unknown topic payments.'), true, false],
    ['one of its records is too large', failed(new ProtocolError(10), new NetworkError('x')), false, false],
    ['the right to write is missing', failed(new ProtocolError('TOPIC_AUTHORIZATION_FAILED')), false, false],
    ['a record cannot be encoded', new UserError('Failed to serialize a message.'), false, false],
    ['this code is at fault', new TypeError('undefined is not a function'), false, false],
  ])('because %s', (_, error, retriable, unanswered) => {
    expect(isRetriable(error)).toBe(retriable);
    expect(wasUnanswered(error)).toBe(unanswered);
  });

  test.each([
    ['MESSAGE_TOO_LARGE', true],
    ['INVALID_RECORD', true],
    ['INVALID_TIMESTAMP', false],
    ['TOPIC_AUTHORIZATION_FAILED', false],
  ])('with %s would fail whenever it is sent, and whoever sends it: %p', (code, forContent) => {
    expect(isForContent(failed(new ProtocolError(code)))).toBe(forContent);
  });

  test('is known to be stored where a leader says so, in a reply of its own or beside a refusal', () => {
    const at = (partition: number, offset: bigint) => ({ topic: 'payments', partition, offset });
    const reply = (index: number, errorCode: number, baseOffset: bigint) => ({
      index,
      errorCode,
      baseOffset,
    });
    const partitionResponses = [reply(1, 0, 20n), reply(2, 19, -1n)];
    const refusal = new ResponseError(
      0,
      11,
      { '/responses/0/partition_responses/1': [19, null] },
      {
        responses: [{ name: 'payments', partitionResponses }],
      },
    );
    const error = Object.assign(failed(new NetworkError('one'), refusal), {
      produced: { offsets: [at(0, 10n)] },
    });
    expect(storedDespite(error)).toEqual([at(0, 10n), at(1, 20n)]);
    expect(storedDespite(new NoAnswerError('x', { cause: error }))).toEqual([at(0, 10n), at(1, 20n)]);
    expect(storedDespite(new NoAnswerError('the client is closed'))).toEqual([]);
    expect([isRetriable(error), wasUnanswered(error)]).toEqual([true, false]);
  });

  test.each([
    ['anything is known of the cluster', new NetworkError('x'), false],
    ['it is known who leads', Object.assign(failed(new NetworkError('x')), { produced: {} }), true],
    ['a topic is gone', new UserError('Unknown topic payments.'), true],
    ['the brokers refuse', new ProtocolError('TOPIC_AUTHORIZATION_FAILED'), true],
  ])('before or after %s is told apart', (_, error, answered) => {
    expect(wasAnswered(error)).toBe(answered);
  });

  test('has a defect in it, or a broker that could not be reached', () => {
    const defect = new TypeError('Promise.withResolvers is not a function');
    const unreachable = failed(new NetworkError('x', { cause: defect }));
    expect(defectIn(defect)).toBe(defect);
    expect(defectIn(new NoAnswerError('x', { cause: failed(defect) }))).toBe(defect);
    expect(defectIn(new NoAnswerError('x', { cause: unreachable }))).toBeUndefined();
    expect(defectIn(new ProtocolError('TOPIC_AUTHORIZATION_FAILED'))).toBeUndefined();
  });

  test('that nobody answered is sent again, whatever the client says of it', () => {
    expect(isRetriable(new NoAnswerError('x', { cause: new TypeError('y') }))).toBe(true);
  });
});
