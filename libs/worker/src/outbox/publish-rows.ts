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
  /** Whether the lease on the shard is still held. */
  readonly holds: (shard: number) => boolean;
  readonly onAcknowledged: (row: PendingRow) => void;
}

/** The rows that are stored and those that can never be; the rest may be retried. */
export interface PublishResult {
  readonly acknowledged: PendingRow[];
  readonly unsendable: (RowToPark & { readonly row: PendingRow })[];
  /** The dependency's error because of which rows are left, if any. */
  failure: unknown;
}

/** Limit of rows of one intent per round, so that one with many does not delay the others. */
const CHAIN_MAX = 16;

/**
 * Publishes rows. Those of an intent go in sequence, each once its predecessor is stored: whatever fails, is
 * repeated, or is also sent by another relay, no version is first stored before its predecessor. Intents are
 * published concurrently and share the producer's requests.
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

/** @param chain rows of one intent and topic, by version */
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

/** Encoding failed. No dependency is involved: the row is at fault. */
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

/** Why the row can never be published; undefined if the row is not at fault. */
function recordFault(error: unknown): string | undefined {
  if (error instanceof UnencodableError) return 'UNENCODABLE';
  if (error instanceof BehindParkedError) return 'BEHIND_PARKED';
  if (error instanceof RecordTooLargeError) return 'RECORD_TOO_LARGE';
  return error instanceof SendRefusedError && error.isForContent ? 'REFUSED_BY_BROKER' : undefined;
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
