import {
  type GatewayProvider,
  PROCESSED_WEBHOOK_STATUSES,
  uuidv7,
  type WebhookStatus,
} from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { databaseErrorOf } from '../database-error.js';
import { unlessTaken } from '../payments/version-conflict-error.js';
import { texts, times } from './binary-arrays.js';
import { copyInto, copyRows } from './copy-rows.js';
import { pipelined } from './pipelined.js';

/** Position of a webhook's record. */
export interface KafkaPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** A webhook as first stored: the narrow row and its sealed body. */
export interface WebhookRow {
  readonly webhookId: string;
  readonly provider: GatewayProvider;
  readonly eventType: string;
  readonly source: 'gateway' | 'reconciliation';
  readonly status: WebhookStatus;
  readonly receivedAt: Date;
  /** The gateway's time of the event. */
  readonly eventTime: Date | null;
  /** All gateway ids in the event, at most 32. */
  readonly objectIds: readonly string[];
  /** Row id of its payment, once known. */
  readonly paymentIntentId?: string | null;
  readonly sealedBody: Buffer;
  readonly kafka: KafkaPosition;
  /** Why it is FAILED. */
  readonly error?: string | null;
}

const WEBHOOKS = copyInto<WebhookRow>('payment_webhooks', {
  // Generated now, not from receivedAt: the primary key then grows at its right edge.
  id: (to) => to.uuid(uuidv7()),
  webhook_id: (to, { webhookId }) => to.text(webhookId),
  gateway_provider: (to, { provider }) => to.text(provider),
  event_type: (to, { eventType }) => to.text(eventType),
  source: (to, { source }) => to.text(source),
  status: (to, { status }) => to.text(status),
  received_at: (to, { receivedAt }) => to.time(receivedAt),
  event_time: (to, { eventTime }) => to.time(eventTime),
  object_ids: (to, { objectIds }) => to.texts(objectIds),
  payment_intent_id: (to, { paymentIntentId }) => to.uuid(paymentIntentId ?? null),
  error: (to, { error }) => to.text(error ?? null),
  kafka_topic: (to, { kafka }) => to.text(kafka.topic),
  kafka_partition: (to, { kafka }) => to.integer(kafka.partition),
  kafka_offset: (to, { kafka }) => to.bigint(kafka.offset),
  processed_at: (to, { status }) => to.time(PROCESSED_WEBHOOK_STATUSES.includes(status) ? new Date() : null),
});

const BODIES = copyInto<WebhookRow>('payment_webhook_bodies', {
  received_at: (to, { receivedAt }) => to.time(receivedAt),
  webhook_id: (to, { webhookId }) => to.text(webhookId),
  sealed_body: (to, { sealedBody }) => to.bytes(sealedBody),
});

// Not a row that another transaction has stored since it was read as FAILED.
const REMOVE = `
WITH removed AS (
  DELETE FROM payment_webhooks WHERE webhook_id = ANY($1::text[]) AND status = 'FAILED'
  RETURNING received_at, webhook_id
)
DELETE FROM payment_webhook_bodies body USING removed
WHERE body.received_at = removed.received_at AND body.webhook_id = removed.webhook_id`;

const REMOVE_BODIES = `
DELETE FROM payment_webhook_bodies body
USING (SELECT unnest($1::timestamptz[]) AS received_at, unnest($2::text[]) AS webhook_id) AS stored
WHERE body.received_at = stored.received_at AND body.webhook_id = stored.webhook_id`;

/**
 * Inserts webhooks that are not stored (see `knownWebhooks`), with their bodies. Waits for a concurrent transaction
 * that inserts one of the same ids. No statement may be sent behind it before it has settled.
 *
 * @param rows each id once
 * @param replacing ids of FAILED webhooks to be replaced
 * @throws VersionConflictError if a concurrent transaction stored one of them: roll back and retry
 */
export async function insertWebhooks(
  em: EntityManager,
  rows: readonly WebhookRow[],
  { replacing }: { readonly replacing?: ReadonlySet<string> } = {},
): Promise<void> {
  if (rows.length === 0) return;
  if (replacing !== undefined && replacing.size > 0) await em.query(REMOVE, [texts([...replacing])]);
  const sorted = inOrder(rows);
  await unlessTaken('payment_webhooks_webhook_id', 'a webhook was stored by another transaction', () =>
    pipelined([copyRows(em, WEBHOOKS, sorted), copyBodies(em, sorted)]),
  );
}

/** Replaces bodies whose webhooks were deleted by hand: COPY knows no ON CONFLICT. */
async function copyBodies(em: EntityManager, rows: readonly WebhookRow[]): Promise<void> {
  try {
    await pipelined([
      em.query('SAVEPOINT bodies'),
      copyRows(em, BODIES, rows),
      em.query('RELEASE SAVEPOINT bodies'),
    ]);
  } catch (error) {
    if (!isLeftBody(error)) throw error;
    await pipelined([
      em.query('ROLLBACK TO SAVEPOINT bodies'),
      em.query(REMOVE_BODIES, [
        times(rows.map((row) => row.receivedAt)),
        texts(rows.map((row) => row.webhookId)),
      ]),
      copyRows(em, BODIES, rows),
      em.query('RELEASE SAVEPOINT bodies'),
    ]);
  }
}

/** The constraint is the partition's, whose name begins with that of the table. */
function isLeftBody(error: unknown): boolean {
  const found = databaseErrorOf(error);
  return (
    found?.kind === 'statement' &&
    found.code === '23505' &&
    found.table?.startsWith('payment_webhook_bodies') === true
  );
}

/** All writers use one order, so that two with the same ids wait for, but never deadlock, each other. */
function inOrder(rows: readonly WebhookRow[]): WebhookRow[] {
  return [...rows].sort((a, b) => (a.webhookId < b.webhookId ? -1 : 1));
}
