import {
  asIntentRowId,
  type CaptureMethod,
  type Failure,
  type Intent,
  type IntentId,
  type IntentStatus,
  type JsonValue,
  uuidv7Time,
} from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { uuids } from '../statements/binary-arrays.js';

interface Row {
  readonly id: string;
  readonly intent_id: string;
  readonly order_id: string;
  readonly customer_id: string;
  readonly status: IntentStatus;
  readonly version: string;
  readonly amount: string;
  readonly currency: string;
  readonly capture_method: CaptureMethod;
  readonly expires_ms: number | null;
  readonly current_leg: number;
  readonly order_paid_elsewhere: boolean;
  readonly amount_authorized: string;
  readonly amount_captured: string;
  readonly amount_refunded: string;
  readonly amount_refund_pending: string;
  readonly amount_disputed: string;
  readonly last_error: Failure | null;
  readonly next_action: JsonValue;
}

// The bounds let the planner exclude partitions that have none of them.
const SQL = `
SELECT id, intent_id, order_id, customer_id, status, version, amount, currency, capture_method, current_leg,
  amount_authorized, amount_captured, amount_refunded, amount_refund_pending, amount_disputed, last_error,
  next_action, order_paid_elsewhere, (extract(epoch FROM expires_at) * 1000)::float8 AS expires_ms
FROM payment_intents
WHERE id = ANY($1::uuid[]) AND created_at BETWEEN $2 AND $3
ORDER BY id
FOR NO KEY UPDATE`;

/** Locks intents, in the order of their ids, until the transaction ends, and reads them. */
export async function lockIntents(em: EntityManager, ids: readonly string[]): Promise<Intent[]> {
  if (ids.length === 0) return [];
  const [from, to] = timeSpanOf(ids);
  const rows: Row[] = await em.query(SQL, [uuids(ids), from, to]);
  return rows.map(intentOf);
}

/** The earliest and the latest time in a set of UUIDv7. */
export function timeSpanOf(ids: readonly string[]): [from: Date, to: Date] {
  const times = ids.map((id) => uuidv7Time(id).getTime());
  return [new Date(Math.min(...times)), new Date(Math.max(...times))];
}

function intentOf(row: Row): Intent {
  return {
    id: asIntentRowId(row.id),
    intentId: row.intent_id as IntentId,
    orderId: row.order_id,
    customerId: row.customer_id,
    status: row.status,
    version: Number(row.version),
    amount: BigInt(row.amount),
    currency: row.currency,
    captureMethod: row.capture_method,
    expiresAt: row.expires_ms,
    currentLeg: row.current_leg,
    orderPaidElsewhere: row.order_paid_elsewhere,
    amountAuthorized: BigInt(row.amount_authorized),
    amountCaptured: BigInt(row.amount_captured),
    amountRefunded: BigInt(row.amount_refunded),
    amountRefundPending: BigInt(row.amount_refund_pending),
    amountDisputed: BigInt(row.amount_disputed),
    lastError: row.last_error,
    nextAction: row.next_action,
  };
}
