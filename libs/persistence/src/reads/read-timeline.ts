import type {
  AttemptState,
  GatewayOperation,
  GatewayProvider,
  IntentId,
  TransactionStatus,
  TransactionType,
  WebhookStatus,
} from '@payments/domain';
import type { DataSource } from 'typeorm';
import { readRows } from './read-rows.js';

export type TimelineKind = 'command' | 'gateway_attempt' | 'transaction' | 'webhook';

/** A position in a timeline: that of one entry. */
export interface TimelinePlace {
  /** Microseconds since the epoch, as text: beyond the precision of a number. */
  readonly atMicros: string;
  readonly kind: TimelineKind;
  /** Orders entries of one time and kind: calls as they were requested, all else by id. */
  readonly turn: string;
}

/** An entry of an intent's history, at `at`; `details` by kind. */
export type TimelineEntry = { readonly place: TimelinePlace; readonly id: string; readonly at: Date } & (
  | { readonly kind: 'command'; readonly details: TimelineCommand }
  | { readonly kind: 'gateway_attempt'; readonly details: TimelineAttempt }
  | { readonly kind: 'transaction'; readonly details: TimelineTransaction }
  | { readonly kind: 'webhook'; readonly details: TimelineWebhook }
);

export interface TimelineCommand {
  readonly type: string;
  readonly sender: string;
  readonly outcome: 'DONE' | 'REJECTED';
  readonly code: string | null;
  readonly detail: string | null;
  readonly decidedAt: string;
}

/** A call to a gateway that was requested at the entry's time, with its current state. */
export interface TimelineAttempt {
  readonly commandId: string;
  readonly operation: GatewayOperation;
  readonly state: AttemptState;
  readonly leg: number;
  readonly gatewayProvider: GatewayProvider;
  /** How often it was sent. */
  readonly sends: number;
  /** Error of the last call that failed: see `Attempt.lastError`. */
  readonly errorType: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** When its outcome became unknown; kept after it is resolved. */
  readonly unknownSince: string | null;
  /** Since when its outcome waits for a person. */
  readonly needsReviewSince: string | null;
  readonly finishedAt: string | null;
}

export interface TimelineTransaction {
  readonly type: TransactionType;
  readonly status: TransactionStatus;
  /** Minor units of `currency`. */
  readonly amount: number;
  readonly currency: string;
  readonly gatewayProvider: GatewayProvider;
  readonly gatewayTransactionId: string;
  readonly source: string;
  readonly failureCode: string | null;
  readonly failureMessage: string | null;
}

export interface TimelineWebhook {
  readonly gatewayProvider: GatewayProvider;
  readonly eventType: string;
  readonly status: WebhookStatus;
  readonly source: string;
  readonly error: string | null;
}

/** An entry in the APIs' representation. */
export function timelineEntryJson({ id, at, kind, details }: TimelineEntry): object {
  return { at, kind, id, ...details };
}

interface Row {
  readonly found: true;
  readonly at: Date | null;
  readonly at_micros: string;
  readonly kind: TimelineKind;
  readonly turn: string;
  readonly id: string;
  readonly details: never;
}

const isoTime = (column: string): string => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

// A single row of nulls stands for an intent without entries after the position. Transactions are joined via their keys:
// each is then one lookup in the partition that its id determines.
const TIMELINE = {
  name: 'read_timeline',
  text: `
  WITH intent AS MATERIALIZED (SELECT payment_intent_id, intent_id FROM payment_intent_keys WHERE intent_id = $1),
  entries AS (
    SELECT 'command' AS kind, command_id::text AS turn, command_id::text AS id, received_at AS at, jsonb_build_object('type', type,
      'sender', sender, 'outcome', outcome, 'code', code, 'detail', detail, 'decidedAt', ${isoTime('decided_at')})
      AS details
    FROM commands JOIN intent USING (payment_intent_id)
    UNION ALL
    SELECT 'gateway_attempt', lpad(sequence::text, 19, '0'), attempt_id::text, asked_at, jsonb_build_object('commandId', command_id,
      'operation', operation, 'state', state, 'leg', leg, 'gatewayProvider', gateway_provider, 'sends', sends,
      'errorType', error_type, 'errorCode', error_code, 'errorMessage', error_message,
      'unknownSince', ${isoTime('unknown_since')}, 'needsReviewSince', ${isoTime('needs_review_since')}, 'finishedAt', ${isoTime('finished_at')})
    FROM gateway_attempts JOIN intent USING (payment_intent_id)
    UNION ALL
    SELECT 'transaction', tx.transaction_id::text, tx.transaction_id::text, tx.created_at, jsonb_build_object('type', tx.type,
      'status', tx.status, 'amount', tx.amount, 'currency', tx.currency, 'gatewayProvider', tx.gateway_provider,
      'gatewayTransactionId', tx.gateway_transaction_id, 'source', tx.source, 'failureCode', tx.failure_code,
      'failureMessage', tx.failure_message)
    FROM intent JOIN payment_transaction_keys key USING (payment_intent_id)
    CROSS JOIN LATERAL (SELECT * FROM payment_transactions
      WHERE id = key.id AND created_at = uuid_v7_time(key.id) OFFSET 0) tx
    UNION ALL
    SELECT 'webhook', webhook_id, webhook_id, received_at, jsonb_build_object('gatewayProvider', gateway_provider,
      'eventType', event_type, 'status', status, 'source', source, 'error', error)
    FROM payment_webhooks JOIN intent USING (payment_intent_id)
  ), page AS (
    SELECT at, (extract(epoch FROM at) * 1000000)::bigint::text AS at_micros, kind, turn, id, details FROM entries
    WHERE $2::bigint IS NULL OR ((extract(epoch FROM at) * 1000000)::bigint, kind, turn) > ($2, $3, $4)
    ORDER BY at, kind, turn LIMIT $5
  )
  SELECT true AS found, page.* FROM intent LEFT JOIN page ON true ORDER BY at, kind, turn`,
};

/**
 * An intent's history, oldest first: at most `countMax` entries after the position `after`.
 *
 * @returns undefined if there is no such intent
 */
export async function readTimeline(
  source: DataSource,
  intentId: IntentId,
  { countMax, after }: { readonly countMax: number; readonly after?: TimelinePlace | undefined },
): Promise<TimelineEntry[] | undefined> {
  const place = [after?.atMicros ?? null, after?.kind ?? null, after?.turn ?? null];
  const rows = await readRows<Row>(source, TIMELINE, [intentId, ...place, countMax]);
  if (rows.length === 0) return undefined;
  return rows.flatMap(({ at, at_micros: atMicros, kind, turn, id, details }) =>
    at === null ? [] : [{ place: { atMicros, kind, turn }, id, at, kind, details }],
  );
}
