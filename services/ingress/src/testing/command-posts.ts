import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { uniqueName } from '@payments/local/testing';

export interface CommandAnswer {
  readonly status: number;
  readonly headers: Headers;
  // Of any shape: tests say what they expect.
  readonly body: Record<string, unknown>;
}

export interface CommandPost {
  readonly key: string;
  readonly path?: string;
  readonly body?: unknown;
  /** In place of the JSON of `body`. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly idempotencyKey?: string | null;
  readonly headers?: Record<string, string>;
}

/** A creation that nobody else sends. */
export function creation(given: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    orderId: uniqueName('order'),
    customerId: uniqueName('customer'),
    gatewayProvider: 'stripe',
    amount: 1999,
    currency: 'USD',
    ...given,
  };
}

/** Posts a command as an order service does. */
export async function postCommand(url: string, post: CommandPost): Promise<CommandAnswer> {
  const { key, path = '/v1/payment-intents', body, bytes, idempotencyKey = randomUUID(), headers } = post;
  const response = await fetch(url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...(idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey }),
      ...headers,
    },
    body: bytes ?? JSON.stringify(body ?? creation()),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

/** An RFC 9457 problem that says what is wrong and what to do. */
export function expectProblem({ status, headers, body }: CommandAnswer, expected: number): void {
  expect(status).toBe(expected);
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(body).toMatchObject({ type: 'about:blank', status: expected });
  expect(body.title).toMatch(/\w/);
  expect(body.detail).toMatch(/\w/);
}
