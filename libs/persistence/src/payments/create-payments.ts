import {
  type CaptureMethod,
  currencyExponent,
  type GatewayProvider,
  type IntentId,
  type IntentRowId,
  intentIdOf,
  type JsonValue,
  type Money,
  requirePossibleAmount,
  uuidv7,
  uuidv7Time,
} from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { claimRefs } from './claim-refs.js';
import { locateReports } from './locate-reports.js';
import type { Report } from './report.js';

/** A payment to be created: an intent with one leg. */
export interface NewPaymentRow {
  /** The internal id; by default generated with the time of `createdAt`. */
  readonly id?: IntentRowId;
  readonly orderId: string;
  readonly customerId: string;
  readonly provider: GatewayProvider;
  /** From 1; the intent's public id is derived from order, provider and attempt. */
  readonly attempt?: number;
  readonly amount: Money;
  readonly captureMethod?: CaptureMethod;
  /** Lets the order have more than one live or paid payment. */
  readonly allowAnother?: boolean;
  readonly confirmRequested?: boolean;
  readonly paymentMethodToken?: string | null;
  readonly returnUrl?: string | null;
  readonly fallbacks?: readonly JsonValue[];
  readonly metadata?: Readonly<Record<string, JsonValue>>;
  readonly expiresAt?: Date | null;
  /** Now by default. */
  readonly createdAt?: Date;
  /** The object that the gateway opened for it, if known. */
  readonly gatewayObjectId?: string;
  /** Further gateway ids that belong to it. */
  readonly objectIds?: readonly string[];
}

export type Creation = CreatedPayment | RefusedPayment;

/** `exists`: created before with the same amount, by the same command or an equivalent one. */
export interface CreatedPayment {
  readonly outcome: 'created' | 'exists';
  readonly id: IntentRowId;
  readonly intentId: IntentId;
}

/** `differs`: it exists with another amount or currency. `order_has_another`: the order has a live or paid one. */
export interface RefusedPayment {
  readonly outcome: 'differs' | 'order_has_another';
  readonly intentId: IntentId;
}

interface Row {
  readonly position: number;
  readonly outcome: Creation['outcome'];
  readonly id: string | null;
}

const INSERT = `
WITH input AS (
  SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::int[],
    $8::bigint[], $9::text[], $10::smallint[], $11::text[], $12::boolean[], $13::boolean[], $14::text[],
    $15::text[], $16::jsonb[], $17::jsonb[], $18::timestamptz[], $19::text[], $20::boolean[])
  AS row (id, created_at, intent_id, order_id, customer_id, gateway_provider, attempt, amount, currency,
    currency_exponent, capture_method, allow_another, confirm_requested, payment_method_token, return_url,
    fallbacks, metadata, expires_at, gateway_object_id, follows_another)
), keys AS (
  INSERT INTO payment_intent_keys
    (payment_intent_id, intent_id, order_id, gateway_provider, attempt, allow_another, live)
  SELECT id, intent_id, order_id, gateway_provider, attempt, allow_another, true FROM input
  WHERE allow_another OR NOT follows_another AND NOT EXISTS (
    SELECT 1 FROM payment_intent_keys other
    WHERE other.order_id = input.order_id AND other.live AND other.intent_id <> input.intent_id)
  ON CONFLICT DO NOTHING
  RETURNING payment_intent_id AS id
), intents AS (
  INSERT INTO payment_intents (id, created_at, updated_at, expires_at, amount, intent_id, attempt,
    currency_exponent, allow_another, confirm_requested, currency, order_id, customer_id, gateway_provider,
    status, capture_method, payment_method_token, return_url, fallbacks, metadata, gateway_intent_id)
  SELECT id, created_at, created_at, expires_at, amount, intent_id, attempt, currency_exponent, allow_another,
    confirm_requested, currency, order_id, customer_id, gateway_provider, 'CREATED', capture_method,
    payment_method_token, return_url, fallbacks, metadata, gateway_object_id
  FROM input JOIN keys USING (id)
), legs AS (
  INSERT INTO intent_legs (payment_intent_id, leg, gateway_provider, gateway_object_id, payment_method_token)
  SELECT id, 1, gateway_provider, gateway_object_id, payment_method_token FROM input JOIN keys USING (id)
)
SELECT id FROM keys`;

const EXPLAIN_REFUSALS = `
SELECT wanted.position, intent.id,
  CASE WHEN intent.id IS NULL THEN 'order_has_another'
    WHEN intent.amount = wanted.amount AND intent.currency = wanted.currency THEN 'exists'
    ELSE 'differs' END AS outcome
FROM unnest($1::uuid[], $2::bigint[], $3::text[]) WITH ORDINALITY
  AS wanted (intent_id, amount, currency, position)
LEFT JOIN payment_intent_keys key USING (intent_id)
LEFT JOIN payment_intents intent
  ON intent.id = key.payment_intent_id AND intent.created_at = uuid_v7_time(key.payment_intent_id)
ORDER BY wanted.position`;

/**
 * Creates payments in status CREATED, version 1, with one leg each, and claims their gateway ids for them. Webhooks
 * that wait for these ids, or for the intent's public one, are left to `settleWaiting`.
 *
 * @returns the outcome of each payment, in order; a refused one does not affect the others
 * @throws InvalidAmountError if an amount is more than `AMOUNT_MINOR_MAX`, which events cannot represent
 */
export async function createPayments(
  em: EntityManager,
  payments: readonly NewPaymentRow[],
): Promise<Creation[]> {
  if (payments.length === 0) return [];
  for (const { amount } of payments) requirePossibleAmount('amount', amount.amountMinor);
  const rows = payments.map((payment) => ({
    ...payment,
    id: payment.id ?? (uuidv7(payment.createdAt?.getTime()) as IntentRowId),
    intentId: intentIdOf(payment.orderId, payment.provider, payment.attempt),
  }));
  const created = await insert(em, rows);
  const refused = rows.filter(({ id }) => !created.has(id));
  const outcomes = new Map(
    (await explain(em, refused)).map((creation, index) => [refused[index]?.id, creation] as const),
  );
  await claimIds(
    em,
    rows.filter(({ id }) => created.has(id)),
  );
  return rows.map(({ id, intentId }) => outcomes.get(id) ?? { outcome: 'created', id, intentId });
}

/** As `createPayments`, for one. */
export async function createPayment(em: EntityManager, payment: NewPaymentRow): Promise<Creation> {
  const [creation] = await createPayments(em, [payment]);
  if (creation === undefined) throw new Error('a creation has no outcome');
  return creation;
}

type NamedRow = NewPaymentRow & { readonly id: IntentRowId; readonly intentId: IntentId };

async function insert(em: EntityManager, rows: readonly NamedRow[]): Promise<Set<string>> {
  // All writers use one order: two with payments of the same orders wait for, but never deadlock, each other.
  const sorted = [...rows].sort((a, b) => (a.orderId < b.orderId ? -1 : a.orderId > b.orderId ? 1 : 0));
  const inserted: { id: string }[] = await em.query(INSERT, [
    sorted.map(({ id }) => id),
    sorted.map(({ id }) => uuidv7Time(id)),
    sorted.map(({ intentId }) => intentId),
    sorted.map(({ orderId }) => orderId),
    sorted.map(({ customerId }) => customerId),
    sorted.map(({ provider }) => provider),
    sorted.map(({ attempt = 1 }) => attempt),
    sorted.map(({ amount }) => amount.amountMinor),
    sorted.map(({ amount }) => amount.currency),
    sorted.map(({ amount }) => currencyExponent(amount.currency)),
    sorted.map(({ captureMethod = 'automatic' }) => captureMethod),
    sorted.map(({ allowAnother = false }) => allowAnother),
    sorted.map(({ confirmRequested = false }) => confirmRequested),
    sorted.map(({ paymentMethodToken = null }) => paymentMethodToken),
    sorted.map(({ returnUrl = null }) => returnUrl),
    sorted.map(({ fallbacks = [] }) => JSON.stringify(fallbacks)),
    sorted.map(({ metadata = {} }) => JSON.stringify(metadata)),
    sorted.map(({ expiresAt = null }) => expiresAt),
    sorted.map(({ gatewayObjectId = null }) => gatewayObjectId),
    followsAnother(sorted),
  ]);
  return new Set(inserted.map(({ id }) => id));
}

/**
 * For each row, whether an earlier one of the same order allows another. Needed because the statement does not see the
 * rows that it inserts, and the unique index covers only those that do not allow another.
 */
function followsAnother(rows: readonly NamedRow[]): boolean[] {
  const orders = new Set<string>();
  return rows.map(({ orderId, allowAnother = false }) => {
    const follows = orders.has(orderId);
    if (allowAnother) orders.add(orderId);
    return follows;
  });
}

async function claimIds(em: EntityManager, created: readonly NamedRow[]): Promise<void> {
  const reports = created.map(
    ({ id, intentId, provider, gatewayObjectId, objectIds = [] }): Report => ({
      source: 'command',
      provider,
      objectIds,
      intentId,
      facts: [],
      leg: { paymentIntentId: id, leg: 1, ...(gatewayObjectId !== undefined && { gatewayObjectId }) },
    }),
  );
  await claimRefs(em, await locateReports(em, reports));
}

async function explain(em: EntityManager, refused: readonly NamedRow[]): Promise<Creation[]> {
  if (refused.length === 0) return [];
  const rows: Row[] = await em.query(EXPLAIN_REFUSALS, [
    refused.map(({ intentId }) => intentId),
    refused.map(({ amount }) => amount.amountMinor),
    refused.map(({ amount }) => amount.currency),
  ]);
  return rows.map(({ outcome, id }, index) => {
    const intentId = refused[index]?.intentId as IntentId;
    return outcome === 'exists' ? { outcome, id: id as IntentRowId, intentId } : refusal(outcome, intentId);
  });
}

function refusal(outcome: Creation['outcome'], intentId: IntentId): RefusedPayment {
  return { outcome: outcome === 'differs' ? 'differs' : 'order_has_another', intentId };
}
