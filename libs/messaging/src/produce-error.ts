import type { PartitionBatch } from './send-queue.js';

/** Faults of single records (https://kafka.apache.org/protocol#protocol_error_codes). */
const RECORD_FAULTS: ReadonlySet<string> = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'CORRUPT_MESSAGE',
  'INVALID_TIMESTAMP',
  'INVALID_RECORD',
]);

/** No broker said anything: the request may have been carried out. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** The client's own words for a request that no broker answered. */
const NO_ANSWER: ReadonlySet<string> = new Set([
  'PLT_KFK_NETWORK',
  'PLT_KFK_TIMEOUT',
  'PLT_KFK_UNEXPECTED_CORRELATION_ID',
  'PLT_KFK_AUTHENTICATION',
]);
/** What the client makes of UNKNOWN_TOPIC_OR_PARTITION when it asks for the leaders of a topic. */
const UNKNOWN_TOPIC = /^Unknown topic /;

/** Where the first record of a partition's batch was stored. */
export interface StoredAt {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** Of one cause: of each broker and partition of a request there may be one. */
interface Cause {
  readonly message?: string;
  readonly code?: string;
  /** Kafka's name of an error that a broker answered with. */
  readonly apiId?: string;
  readonly canRetry?: boolean;
}

/** Whether the same request may succeed later: no part of it was refused for good. */
export function isRetriable(error: unknown): boolean {
  if (error instanceof NoAnswerError) return true;
  return causesOf(error).every(
    (cause) => cause.canRetry === true || isUnanswered(cause) || UNKNOWN_TOPIC.test(cause.message ?? ''),
  );
}

/** Whether the client says of a request that no broker answered any part of it that failed. */
export function wasUnanswered(error: unknown): boolean {
  return causesOf(error).every(isUnanswered);
}

function isUnanswered({ apiId, code = '' }: Cause): boolean {
  return apiId === undefined && NO_ANSWER.has(code);
}

/** Whether a broker said something, be it only who leads. */
export function wasAnswered(error: unknown): boolean {
  if ((error as JoinedError).produced !== undefined) return true;
  return causesOf(error).some(
    ({ apiId, message = '' }) => apiId !== undefined || UNKNOWN_TOPIC.test(message),
  );
}

/** What is stored of a request that failed: the leaders of its partitions are asked, and answer, each for itself. */
export function storedDespite(error: unknown): StoredAt[] {
  const failure = (error instanceof NoAnswerError ? error.cause : error) as JoinedError | undefined;
  const replies = joinedIn(failure).flatMap(({ response }) => response?.responses ?? []);
  const stored = replies.flatMap(({ name, partitionResponses }) =>
    partitionResponses
      .filter(({ errorCode }) => errorCode === 0)
      .map(({ index, baseOffset }) => ({ topic: name, partition: index, offset: baseOffset })),
  );
  return [...(failure?.produced?.offsets ?? []), ...stored];
}

/** The client joins what failed into one error, of each broker and of each partition. */
interface JoinedError extends Cause {
  readonly errors?: readonly unknown[];
  /** By the leaders that stored everything. Present if it was known who leads. */
  readonly produced?: { readonly offsets?: readonly StoredAt[] };
  /** Of a leader that did not store everything; to a produce request, if it has `responses`. */
  readonly response?: { readonly responses?: readonly TopicReply[] };
}

/** https://kafka.apache.org/protocol#The_Messages_Produce */
interface TopicReply {
  readonly name: string;
  readonly partitionResponses: readonly {
    readonly index: number;
    readonly errorCode: number;
    readonly baseOffset: bigint;
  }[];
}

function joinedIn(error: JoinedError | undefined, depthMax = 8): JoinedError[] {
  if (error === undefined) return [];
  if (depthMax === 0 || error.errors === undefined) return [error];
  return [error, ...error.errors.flatMap((one) => joinedIn(one as JoinedError, depthMax - 1))];
}

/** The ends of all branches of an error. */
function causesOf(error: unknown): Cause[] {
  return joinedIn(error as JoinedError).filter(({ errors = [] }) => errors.length === 0);
}

/**
 * What cannot be sent fails its whole request. Sent again in parts, one after the other, it fails alone in the
 * end: first each partition by itself, then, if a record may be at fault, halves of it.
 *
 * @returns the parts in the order of sending; undefined if `batches` are all to blame.
 */
export function partsToBlame(
  batches: readonly PartitionBatch[],
  error: unknown,
): readonly PartitionBatch[] | undefined {
  if (batches.length > 1) return batches;
  const [batch] = batches;
  if (batch === undefined || batch.records.length === 1 || !mayBeOneRecord(error)) return undefined;
  const { topic, partition, records } = batch;
  const half = records.length >> 1;
  return [
    { topic, partition, records: records.slice(0, half) },
    { topic, partition, records: records.slice(half) },
  ];
}

/** An error without a name of Kafka's comes from the client: a header that cannot be encoded, say. */
function mayBeOneRecord(error: unknown): boolean {
  return causesOf(error).some(({ apiId }) => apiId === undefined || RECORD_FAULTS.has(apiId));
}
