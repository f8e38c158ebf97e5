import { type Answer, Refusal } from '../api/call.js';
import type { FieldRefusal } from '../api/json-fields.js';

export interface RazorpayProblem {
  readonly description: string;
  readonly code?: 'BAD_REQUEST_ERROR' | 'GATEWAY_ERROR' | 'SERVER_ERROR';
  readonly field?: string | undefined;
  readonly reason?: string;
}

/** @see https://razorpay.com/docs/api/understand/#errors */
export function razorpayError(status: number, problem: RazorpayProblem): Answer {
  const {
    description,
    code = 'BAD_REQUEST_ERROR',
    field = null,
    reason = 'input_validation_failed',
  } = problem;
  const error = {
    code,
    description,
    source: 'business',
    step: 'payment_initiation',
    reason,
    metadata: {},
    field,
  };
  return { status, body: { error } };
}

export function badRequest(description: string, field?: string): Refusal {
  return new Refusal(razorpayError(400, { description, field }));
}

/** Razorpay knows no 404 for ids. */
export function noSuchId(): Refusal {
  return badRequest('The id provided does not exist', 'id');
}

export const refuseField: FieldRefusal = (pointer, problem, description) => {
  const field = pointer.slice(1).replaceAll('/', '.');
  return badRequest(problem === 'missing' ? `The ${field} field is required.` : description, field);
};
