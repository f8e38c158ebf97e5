import type { PartitionBatch } from './send-queue.js';

/** Errors caused by a single record (https://kafka.apache.org/protocol#protocol_error_codes). */
const RECORD_FAULTS: ReadonlySet<string> = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'CORRUPT_MESSAGE',
  'INVALID_TIMESTAMP',
  'INVALID_RECORD',
]);

/** Those that the same record causes whenever it is sent, and whoever sends it. */
const CONTENT_FAULTS: ReadonlySet<string> = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
]);

/** No broker replied: the request may have been executed. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** The client's error messages for a request without a reply. */
const NO_ANSWER: ReadonlySet<string> = new Set([
  'PLT_KFK_NETWORK',
  'PLT_KFK_TIMEOUT',
  'PLT_KFK_UNEXPECTED_CORRELATION_ID',
  'PLT_KFK_AUTHENTICATION',
]);
/** By name: tests load the libraries in a realm of their own. */
const DEFECTS: ReadonlySet<string> = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError']);
/** The client's error for UNKNOWN_TOPIC_OR_PARTITION in a metadata response. */
const UNKNOWN_TOPIC = /^Unknown topic /;

/** Where the first record of a partition's batch was stored. */
export interface StoredAt {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** One cause; a request has at most one per broker and partition. */
interface Cause {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  /** Kafka's name of the error in the reply. */
  readonly apiId?: string;
  readonly canRetry?: boolean;
}

/** Whether the same request may succeed later: no part of it was rejected for good. */
export function isRetriable(error: unknown): boolean {
  if (error instanceof NoAnswerError) return true;
  return causesOf(error).every(
    (cause) => cause.canRetry === true || isUnanswered(cause) || UNKNOWN_TOPIC.test(cause.message ?? ''),
  );
}

/** Whether every failed part of the request is without a reply. */
export function wasUnanswered(error: unknown): boolean {
  return causesOf(error).every(isUnanswered);
}

function isUnanswered({ apiId, code = '' }: Cause): boolean {
  return apiId === undefined && NO_ANSWER.has(code);
}

/** Whether any broker replied, if only with metadata. */
export function wasAnswered(error: unknown): boolean {
  if ((error as JoinedError).produced !== undefined) return true;
  return causesOf(error).some(
    ({ apiId, message = '' }) => apiId !== undefined || UNKNOWN_TOPIC.test(message),
  );
}

/**
 * What fails without a broker's doing, such as a port that does not exist or a Node.js that is too old: it fails
 * whenever it is tried.
 */
export function defectIn(error: unknown): unknown {
  return causesOf(error instanceof NoAnswerError ? error.cause : error).find(({ name = '' }) =>
    DEFECTS.has(name),
  );
}

/** What a failed request stored: each leader of its partitions replies for itself. */
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

/** The client aggregates the errors of all brokers and partitions into one. */
interface JoinedError extends Cause {
  readonly errors?: readonly unknown[];
  /** Of the leaders that stored everything. Present if the leaders were known. */
  readonly produced?: { readonly offsets?: readonly StoredAt[] };
  /** Of a leader that did not store everything; a produce response if it has `responses`. */
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

/** The leaves of an error's causes. */
function causesOf(error: unknown): Cause[] {
  return joinedIn(error as JoinedError).filter(({ errors = [] }) => errors.length === 0);
}

/**
 * Splits a request that failed for good, so that retries isolate the culprit: first by partition, then, if a single
 * record may be at fault, in halves.
 *
 * @returns the parts in the order of sending; undefined if all of `batches` are to blame
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

/** Whether a refusal of one record is due to its size or form, and not to a permission, a clock or a topic. */
export function isForContent(error: unknown): boolean {
  return causesOf(error).some(({ apiId }) => apiId === undefined || CONTENT_FAULTS.has(apiId));
}

/** An error without a Kafka name comes from the client, for example a header that cannot be encoded. */
function mayBeOneRecord(error: unknown): boolean {
  return causesOf(error).some(({ apiId }) => apiId === undefined || RECORD_FAULTS.has(apiId));
}
