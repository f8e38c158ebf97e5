import { randomBytes } from 'node:crypto';
import { type Answer, Refusal } from '../api/call.js';
import type { FieldRefusal } from '../api/json-fields.js';

export interface PayPalDetail {
  readonly issue: string;
  readonly description: string;
  /** RFC 6901. */
  readonly field?: string;
  readonly location?: string;
}

/** @see https://developer.paypal.com/api/rest/responses/ */
export function paypalError(
  status: number,
  name: string,
  message: string,
  details: readonly PayPalDetail[] = [],
  moreLinks: readonly object[] = [],
): Answer {
  const debugId = randomBytes(7).toString('hex').slice(0, 13);
  const links = [
    { href: `https://developer.paypal.com/api/rest/reference/#error-${name}`, rel: 'information_link' },
    ...moreLinks,
  ];
  return {
    status,
    headers: { 'paypal-debug-id': debugId },
    body: { name, message, debug_id: debugId, ...(details.length === 0 ? {} : { details }), links },
  };
}

/** What the state of things, or the payer's money, does not allow. */
export function unprocessable(
  issue: string,
  description: string,
  field?: string,
  links?: readonly object[],
): Refusal {
  const detail = { issue, description, ...(field === undefined ? {} : { field }) };
  const message =
    'The requested action could not be performed, semantically incorrect, or failed business validation.';
  return new Refusal(paypalError(422, 'UNPROCESSABLE_ENTITY', message, [detail], links), {
    wasTried: true,
  });
}

export function notFound(): Refusal {
  const detail = { issue: 'INVALID_RESOURCE_ID', description: 'Specified resource ID does not exist.' };
  return new Refusal(
    paypalError(404, 'RESOURCE_NOT_FOUND', 'The specified resource does not exist.', [detail]),
  );
}

export function invalidRequest(detail: PayPalDetail): Refusal {
  const message = 'Request is not well-formed, syntactically incorrect, or violates schema.';
  return new Refusal(paypalError(400, 'INVALID_REQUEST', message, [detail]));
}

export const refuseField: FieldRefusal = (field, problem, description) =>
  invalidRequest({
    field,
    location: 'body',
    issue: problem === 'missing' ? 'MISSING_REQUIRED_PARAMETER' : 'INVALID_PARAMETER_VALUE',
    description,
  });
