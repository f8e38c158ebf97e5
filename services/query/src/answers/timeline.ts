import { TRANSACTION_STATUSES, TRANSACTION_TYPES, WEBHOOK_STATUSES } from '@payments/domain';
import { z } from 'zod';
import { attemptState } from './attempt.js';
import {
  amount,
  count,
  currency,
  gatewayProvider,
  nextCursor,
  operation,
  text,
  time,
  uuid,
} from './fields.js';

const command = z.object({
  at: time,
  kind: z.literal('command'),
  id: uuid,
  type: text,
  sender: text,
  outcome: z.enum(['DONE', 'REJECTED']),
  code: text.nullable(),
  detail: text.nullable(),
  decidedAt: time,
});

const gatewayAttempt = z.object({
  at: time,
  kind: z.literal('gateway_attempt'),
  id: uuid,
  commandId: uuid,
  operation,
  state: attemptState,
  leg: z.int().min(1),
  gatewayProvider,
  sends: count,
  errorType: text.nullable(),
  errorCode: text.nullable(),
  errorMessage: text.nullable(),
  unknownSince: time.nullable(),
  needsReviewSince: time.nullable(),
  finishedAt: time.nullable(),
});

const transaction = z.object({
  at: time,
  kind: z.literal('transaction'),
  id: uuid,
  type: z.enum(TRANSACTION_TYPES),
  status: z.enum(TRANSACTION_STATUSES),
  amount,
  currency,
  gatewayProvider,
  gatewayTransactionId: text,
  source: text,
  failureCode: text.nullable(),
  failureMessage: text.nullable(),
});

const webhook = z.object({
  at: time,
  kind: z.literal('webhook'),
  id: text,
  gatewayProvider,
  eventType: text,
  status: z.enum(WEBHOOK_STATUSES),
  source: text,
  error: text.nullable(),
});

/** The JSON of libs/persistence's `timelineEntryJson`. */
const entry = z.discriminatedUnion('kind', [command, gatewayAttempt, transaction, webhook]);

export const timeline = z.object({ entries: z.array(entry), nextCursor });

/** By schema name in docs/openapi-query.json. */
export const TIMELINE_ENTRIES = {
  TimelineEntry: entry,
  TimelineCommand: command,
  TimelineGatewayAttempt: gatewayAttempt,
  TimelineTransaction: transaction,
  TimelineWebhook: webhook,
};
