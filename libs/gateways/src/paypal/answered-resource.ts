import { responseTimeOf } from '../client/response-headers.js';
import { type JsonObject, parseWebhookBody } from '../webhook-body.js';
import { unreadable } from '../webhook-error.js';

/** The resource of a response, and the response's time in milliseconds since the epoch. */
export interface AnsweredResource {
  readonly resource: JsonObject;
  readonly at: number;
}

interface Response {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** @throws WebhookError `unreadable` if the answer is no JSON object */
export function answeredResource({ body, headers }: Response): AnsweredResource {
  if (typeof body !== 'string') throw unreadable('the answer is no text');
  return { resource: parseWebhookBody(Buffer.from(body)), at: responseTimeOf(headers.date) };
}
