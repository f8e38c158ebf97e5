import {
  type BatchingProducer,
  RecordTooLargeError,
  type SchemaCodec,
  SendRefusedError,
} from '@payments/messaging';
import type { PendingRow, RowToPark } from '@payments/persistence';
import type { OutboxRoute } from './outbox-route.js';

export interface PublishContext {
  readonly producer: Pick<BatchingProducer, 'send'>;
  readonly codec: Pick<SchemaCodec, 'encode'>;
  readonly routes: ReadonlyMap<string, OutboxRoute>;
  /** Whether rows of the shard are still ours to send. */
  readonly holds: (shard: number) => boolean;
  readonly onAcknowledged: (row: PendingRow) => void;
}

/** Which of the rows are stored, which can never be; the others may be tried again. */
export interface PublishResult {
  readonly acknowledged: PendingRow[];
  readonly unsendable: (RowToPark & { readonly row: PendingRow })[];
  /** Why rows are left, if they are: a dependency's fault. */
  failure: unknown;
}

/** Rows of one intent in one go; the rest is read again. Many of one would keep the others waiting. */
const CHAIN_MAX = 16;

/** What a broker says of a record that it will never take; anything else that it says is not the record's fault. */
const RECORD_FAULTS: ReadonlySet<unknown> = new Set(['MESSAGE_TOO_LARGE', 'INVALID_RECORD']);

/**
 * Sends rows, one intent's one after the other, each only once the one before it is stored: whatever fails,
 * whoever else sends the same rows, and whatever repeats, no version is stored for the first time before the
 * one below it. Intents go side by side, and so share the producer's requests.
 */
export async function publishRows(
  context: PublishContext,
  rows: readonly PendingRow[],
): Promise<PublishResult> {
  const result: PublishResult = { acknowledged: [], unsendable: [], failure: undefined };
  const chains = Map.groupBy(rows, ({ paymentIntentId, topic }) => `${paymentIntentId} ${topic}`);
  await Promise.all(Array.from(chains.values(), (chain) => publishChain(context, chain, result)));
  return result;
}

/** @param chain rows of one intent and topic, by version. */
async function publishChain(
  context: PublishContext,
  chain: readonly PendingRow[],
  result: PublishResult,
): Promise<void> {
  for (const [at, row] of chain.slice(0, CHAIN_MAX).entries()) {
    if (!context.holds(row.shard)) return;
    try {
      if (row.behindParked) throw new BehindParkedError('an older row of its intent is put aside');
      await context.producer.send({
        topic: row.topic,
        key: row.key,
        value: encode(context, row),
        headers: row.headers,
      });
    } catch (error) {
      const code = recordFault(error);
      if (code === undefined) result.failure ??= error;
      else result.unsendable.push(...parked(chain.slice(at), code, messageOf(error)));
      return;
    }
    result.acknowledged.push(row);
    context.onAcknowledged(row);
  }
}

/** The row's fault: of encoding, where nothing else takes part. */
class UnencodableError extends Error {
  override readonly name = 'UnencodableError';
}

class BehindParkedError extends Error {
  override readonly name = 'BehindParkedError';
}

function encode({ routes, codec }: PublishContext, row: PendingRow): Buffer {
  const route = routes.get(row.topic);
  if (route === undefined) throw new UnencodableError(`no route for ${row.topic}`);
  try {
    return codec.encode(route.spec, route.toValue(row));
  } catch (cause) {
    throw new UnencodableError(messageOf(cause), { cause });
  }
}

/** Why the row itself can never be sent; undefined if the fault is not the row's. */
function recordFault(error: unknown): string | undefined {
  if (error instanceof UnencodableError) return 'UNENCODABLE';
  if (error instanceof BehindParkedError) return 'BEHIND_PARKED';
  if (error instanceof RecordTooLargeError) return 'RECORD_TOO_LARGE';
  return error instanceof SendRefusedError && isRecordFault(error.cause) ? 'REFUSED_BY_BROKER' : undefined;
}

/** kafkajs wraps what the broker said once or twice. */
function isRecordFault(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 4) return false;
  return ('type' in error && RECORD_FAULTS.has(error.type)) || isRecordFault(error.cause, depth + 1);
}

function parked(chain: readonly PendingRow[], code: string, error: string): PublishResult['unsendable'] {
  return chain.map((row, at) =>
    at === 0
      ? { row, code, error }
      : { row, code: 'BEHIND_PARKED', error: `behind version ${chain[0]?.version}` },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
