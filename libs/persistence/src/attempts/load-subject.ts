import type {
  AttemptSubject,
  CommandId,
  Fallback,
  GatewayOperation,
  JsonValue,
  LegRequest,
  OtherAttempt,
  Terms,
} from '@payments/domain';
import { uuidv7Time } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { readOpenRequests } from '../commands/gateway-requests.js';
import { loadPaymentsForUpdate } from '../payments/load-payments.js';
import { preferIndexes } from '../payments/prefer-indexes.js';
import { ATTEMPT_COLUMNS, type AttemptRow, attemptOf, millisOf } from './attempt-row.js';
import { leaseLost } from './errors.js';
import type { AttemptLease } from './lease-attempts.js';

const LOCK = `
SELECT ${ATTEMPT_COLUMNS}, ${millisOf('clock_timestamp()')} AS now_ms
FROM gateway_attempts attempt WHERE attempt_id = $1 AND lease_token = $2
FOR NO KEY UPDATE`;

const READ_OTHERS = `
SELECT attempt_id, command_id, leg, operation, state FROM gateway_attempts
WHERE payment_intent_id = $1 AND attempt_id <> $2 AND state IN ('PENDING', 'SENT', 'UNKNOWN')
ORDER BY sequence`;

const READ_TERMS = `
SELECT intent.confirm_requested, intent.return_url, intent.metadata, intent.fallbacks, leg.payment_method_token
FROM payment_intents intent JOIN intent_legs leg ON leg.payment_intent_id = intent.id AND leg.leg = $3
WHERE intent.id = $1 AND intent.created_at = $2`;

const READ_REQUESTS = `
SELECT command_id, operation, details, ${millisOf('not_after')} AS not_after_ms, answered_at IS NULL AS is_open
FROM gateway_requests
WHERE payment_intent_id = $1 AND leg = $2 AND answered_at IS NULL
UNION ALL
SELECT command_id, operation, details, ${millisOf('not_after')}, false FROM gateway_requests
WHERE command_id = $3 AND leg = $2 AND operation = $4 AND answered_at IS NOT NULL`;

interface TermsRow {
  readonly confirm_requested: boolean;
  readonly return_url: string | null;
  readonly metadata: Record<string, string>;
  readonly fallbacks: readonly Fallback[];
  readonly payment_method_token: string | null;
}

interface RequestRow {
  readonly command_id: string;
  readonly operation: GatewayOperation;
  readonly details: Record<string, JsonValue>;
  readonly not_after_ms: number | null;
  readonly is_open: boolean;
}

interface OtherRow extends Pick<OtherAttempt, 'leg' | 'operation' | 'state'> {
  readonly attempt_id: OtherAttempt['attemptId'];
  readonly command_id: CommandId;
}

/**
 * Locks the payment of a leased attempt, then the attempt, until the transaction ends, and reads all that decisions
 * about it depend on.
 *
 * Run it before other locks are taken, and not before an answer with facts is settled in the same transaction: refs
 * are locked before payments.
 *
 * @throws LeaseLostError if the lease is another's by now
 */
export async function loadSubject(em: EntityManager, lease: AttemptLease): Promise<AttemptSubject> {
  const { attemptId, paymentIntentId, token } = lease;
  await preferIndexes(em);
  const loaded = (await loadPaymentsForUpdate(em, [paymentIntentId])).get(paymentIntentId);
  const [row]: (AttemptRow & { readonly now_ms: number })[] = await em.query(LOCK, [attemptId, token]);
  if (row === undefined) throw leaseLost(lease);
  if (loaded === undefined) {
    throw new RangeError(`payment ${paymentIntentId} has no row: its partition is archived`);
  }
  const attempt = attemptOf(row);
  const { leg, commandId, operation } = attempt;
  const open = await readOpenRequests(em, [paymentIntentId]);
  const requests: RequestRow[] = await em.query(READ_REQUESTS, [paymentIntentId, leg, commandId, operation]);
  const own = requests.find((one) => one.command_id === commandId && one.operation === operation);
  return {
    attempt,
    payment: { ...loaded.payment, requests: open.get(paymentIntentId) ?? [] },
    terms: await readTerms(em, lease, leg),
    details: own?.details ?? {},
    requests: requests.filter((one) => one.is_open).map(requestOf),
    others: await readOthers(em, lease),
    now: row.now_ms,
  };
}

async function readTerms(em: EntityManager, { paymentIntentId }: AttemptLease, leg: number): Promise<Terms> {
  const [row]: TermsRow[] = await em.query(READ_TERMS, [paymentIntentId, uuidv7Time(paymentIntentId), leg]);
  if (row === undefined) throw new RangeError(`payment ${paymentIntentId} has no leg ${leg}`);
  return {
    paymentMethodToken: row.payment_method_token,
    returnUrl: row.return_url,
    metadata: row.metadata,
    confirmRequested: row.confirm_requested,
    fallbacks: row.fallbacks,
  };
}

async function readOthers(
  em: EntityManager,
  { paymentIntentId, attemptId }: AttemptLease,
): Promise<OtherAttempt[]> {
  const rows: OtherRow[] = await em.query(READ_OTHERS, [paymentIntentId, attemptId]);
  return rows.map(({ attempt_id, command_id, leg, operation, state }) => {
    return { attemptId: attempt_id, commandId: command_id, leg, operation, state };
  });
}

function requestOf({ command_id, operation, details, not_after_ms }: RequestRow): LegRequest {
  return { commandId: command_id as CommandId, operation, details, notAfter: not_after_ms };
}
