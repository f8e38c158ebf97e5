import { ATTEMPT_STATES, REVIEW_VERDICTS } from '@payments/domain';
import { z } from 'zod';
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

export const attemptState = z.enum(ATTEMPT_STATES);

const error = z.object({ type: text, code: text, message: text.nullable() });

const verdict = z.object({
  verdict: z.enum(REVIEW_VERDICTS),
  objectId: text.nullable(),
  evidence: text,
  by: text,
  at: time,
});

/** The JSON of libs/persistence's `unknownOutcomeJson`. */
export const unknownOutcome = z.object({
  attemptId: uuid.meta({ description: 'What `payments review resolve` needs to be told.' }),
  intentId: uuid,
  commandId: uuid,
  gatewayProvider,
  leg: z.int().min(1),
  operation,
  amount: amount.nullable().meta({ description: 'Of this call, in minor units; null if it has none.' }),
  state: attemptState,
  sends: count,
  inquiries: count.meta({
    description: 'How often the gateway has been asked since the outcome became unknown.',
  }),
  askedAt: time,
  lastSentAt: time.nullable(),
  unknownSince: time.nullable(),
  needsReviewSince: time.nullable(),
  finishedAt: time.nullable(),
  lastError: error.nullable().meta({
    description:
      'Of the call whose outcome is unknown; null if its worker ended without recording one. Its `type` is EXECUTED if the gateway executed the call and its answer cannot be applied.',
  }),
  inquiryError: error.nullable().meta({
    description:
      'Why the last inquiry did not find out the outcome, or, with the `type` REVIEW, why the verdict was not confirmed. It says nothing about the call itself.',
  }),
  verdict: verdict
    .nullable()
    .meta({ description: "What a person found out, while the gateway's facts are still missing." }),
  orderId: text,
  currency: currency.nullable().meta({ description: 'Null if the intent is archived.' }),
  intentAmount: amount
    .nullable()
    .meta({ description: 'Of the whole payment; null if the intent is archived.' }),
});

export const reviews = z.object({ reviews: z.array(unknownOutcome), nextCursor });
