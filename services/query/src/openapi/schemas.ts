import type { z } from 'zod';
import { reviews, unknownOutcome } from '../answers/attempt.js';
import { command } from '../answers/command.js';
import { customerPayments, orderPayments, paymentIntent } from '../answers/payment-intent.js';
import { TIMELINE_ENTRIES, timeline } from '../answers/timeline.js';
import { webhookStatistics } from '../answers/webhook-statistics.js';
import type { Endpoint } from '../endpoint.js';

/** By schema name in the document. */
export const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  PaymentIntent: paymentIntent,
  OrderPayments: orderPayments,
  CustomerPayments: customerPayments,
  Timeline: timeline,
  ...TIMELINE_ENTRIES,
  Command: command,
  UnknownOutcome: unknownOutcome,
  Reviews: reviews,
  WebhookStatistics: webhookStatistics,
};

/** @throws Error if the response has no schema name */
export function nameOfAnswer({ answer, path }: Endpoint): string {
  const found = Object.entries(SCHEMAS).find(([, schema]) => schema === answer);
  if (found === undefined) throw new Error(`the answer of ${path} has no name in SCHEMAS`);
  return found[0];
}
