import { randomUUID } from 'node:crypto';
import { type Answer, Refusal } from '../api/call.js';

export interface StripeErrorBody {
  readonly type: 'card_error' | 'invalid_request_error' | 'idempotency_error' | 'api_error';
  readonly message: string;
  readonly code?: string;
  readonly decline_code?: string | undefined;
  readonly param?: string;
  readonly charge?: string | undefined;
  readonly payment_intent?: object;
}

/** Every answer of Stripe's has an id of its own. */
export function stripeAnswer(status: number, body: object): Answer {
  return { status, headers: { 'request-id': `req_${randomUUID().replaceAll('-', '').slice(0, 14)}` }, body };
}

/** @see https://docs.stripe.com/api/errors */
export function stripeError(status: number, error: StripeErrorBody): Answer {
  return stripeAnswer(status, { error });
}

/** A parameter that cannot be meant: refused before anything is tried. */
export function invalidParameter(param: string, message: string, code = 'parameter_invalid'): Refusal {
  return new Refusal(stripeError(400, { type: 'invalid_request_error', code, message, param }));
}

export function missingParameter(param: string): Refusal {
  return invalidParameter(param, `Missing required param: ${param}.`, 'parameter_missing');
}

export function noSuch(what: string, id: string, param = 'id'): Refusal {
  const message = `No such ${what}: '${id}'`;
  const error = { type: 'invalid_request_error', code: 'resource_missing', message, param } as const;
  return new Refusal(stripeError(404, error));
}

/** What the object's state does not allow: tried, and so kept for its key. */
export function notInThisState(message: string, paymentIntent: object): Refusal {
  const error = {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    message,
    payment_intent: paymentIntent,
  } as const;
  return new Refusal(stripeError(400, error), { wasTried: true });
}

/** An amount that the money that is there does not cover: tried, and so kept for its key. */
export function amountRefused(param: string, message: string, code: string): Refusal {
  const error = { type: 'invalid_request_error', code, message, param } as const;
  return new Refusal(stripeError(400, error), { wasTried: true });
}
