import type { ServerResponse } from 'node:http';

/** What went wrong, for the caller: an RFC 9457 problem. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  /** What to do about it. */
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const BAD_REQUEST: Problem = {
  status: 400,
  title: 'Bad request',
  detail: 'The request line or its headers could not be read.',
};

export const NOT_FOUND: Problem = {
  status: 404,
  title: 'No such resource',
  detail: 'Webhooks are received at /webhooks/stripe, /webhooks/paypal and /webhooks/razorpay.',
};

export const METHOD_NOT_ALLOWED: Problem = {
  status: 405,
  title: 'Method not allowed',
  detail: 'Send webhooks with POST.',
  headers: { allow: 'POST' },
};

/** @param detail what is not available; the caller is asked to come back in `retryAfterSeconds`. */
export function unavailable(detail: string, retryAfterSeconds = 1): Problem {
  return {
    status: 503,
    title: 'Not available',
    detail,
    headers: { 'retry-after': String(retryAfterSeconds) },
  };
}

export function sendProblem(res: ServerResponse, problem: Problem): void {
  const { status, title, detail, headers } = problem;
  const body = JSON.stringify({ type: 'about:blank', title, status, detail });
  res.writeHead(status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  res.end(body);
}
