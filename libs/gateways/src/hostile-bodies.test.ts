import { describe, expect, test } from '@jest/globals';
import { AMOUNT_MINOR_MAX, type Fact, isCurrency } from '@payments/domain';
import {
  PAYPAL_WEBHOOK_TYPES,
  paypalWebhook,
  RAZORPAY_WEBHOOK_TYPES,
  razorpayWebhook,
  STRIPE_WEBHOOK_TYPES,
  stripeWebhook,
} from '@payments/simulator';
import fc from 'fast-check';
import { readWebhook } from './read-webhook.js';
import { WebhookError } from './webhook-error.js';

const BODIES = {
  stripe: STRIPE_WEBHOOK_TYPES.map((type) => stripeWebhook({ type }).body),
  paypal: PAYPAL_WEBHOOK_TYPES.flatMap((type) => [
    paypalWebhook({ type }).body,
    paypalWebhook({ type, shape: 'v1' }).body,
  ]),
  razorpay: RAZORPAY_WEBHOOK_TYPES.map((type) => razorpayWebhook({ type }).body),
} as const;

const hostile = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    ...[undefined, null, true, '', ' ', [], {}, '\0', '\ud800', 'x'.repeat(100_000)],
    ...[0, -1, -0, 0.5, 19.99, 1e21, 2 ** 53 - 1, 2 ** 53 + 1, 2 ** 63, Number.MAX_VALUE],
    ...[
      '0',
      '-1',
      '19.999',
      '1e3',
      '+1',
      '.5',
      '5.',
      'NaN',
      'Infinity',
      '0x10',
      '9'.repeat(31),
      '9'.repeat(5000),
    ],
    ...['USD', 'usd', 'Usd', 'XXX', 'XAU', '__proto__', 'constructor', 'toString', 'RESOLVED', 'succeeded'],
    ...['2026-02-30T00:00:00Z', '9999999999999', 'requires_payment_method, failed'],
  ),
);

/** Every path to a value inside of `value`. */
function pathsIn(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => [
    [...path, name],
    ...pathsIn(child, [...path, name]),
  ]);
}

function withChange(body: Buffer, path: readonly string[], value: unknown): Buffer {
  const event = JSON.parse(body.toString()) as Record<string, unknown>;
  let parent: Record<string, unknown> = event;
  for (const name of path.slice(0, -1)) parent = parent[name] as Record<string, unknown>;
  parent[path.at(-1) ?? ''] = value;
  return Buffer.from(JSON.stringify(event));
}

describe.each(['stripe', 'paypal', 'razorpay'] as const)('%s', (provider) => {
  test('a body with arbitrary values anywhere yields valid facts or is unreadable', () => {
    const changed = fc
      .constantFrom(...BODIES[provider])
      .chain((body) =>
        fc.tuple(fc.constant(body), fc.constantFrom(...pathsIn(JSON.parse(body.toString()))), hostile),
      );
    fc.assert(
      fc.property(changed, ([body, path, value]) => {
        try {
          requireSound(readWebhook(provider, withChange(body, path, value)));
        } catch (error) {
          if (!(error instanceof WebhookError)) throw error;
          expect(error.kind).toBe('unreadable');
        }
      }),
      { numRuns: 3000 },
    );
  });
});

/** Properties of every fact, whatever body it was read from: storable, positive, in a known currency. */
function requireSound({ facts, objectIds }: ReturnType<typeof readWebhook>): void {
  for (const fact of facts) {
    expect(fact.objectId).toMatch(/^[\x21-\x7e]{1,240}$/);
    for (const id of namedBy(fact)) expect(objectIds).toContain(id);
    expect(fact.relatedIds).not.toContain(fact.objectId);
    expect(Number.isSafeInteger(fact.occurredAt) && fact.occurredAt > 0).toBe(true);
    const amounts = [
      'amount' in fact ? fact.amount : undefined,
      'payment' in fact ? fact.payment?.amount : undefined,
    ];
    for (const amount of amounts.filter((one) => one !== undefined)) {
      expect(isCurrency(amount.currency)).toBe(true);
      expect(amount.amountMinor > 0n && amount.amountMinor <= AMOUNT_MINOR_MAX).toBe(true);
    }
    const told = JSON.stringify([
      'failure' in fact ? fact.failure : null,
      'nextAction' in fact ? fact.nextAction : null,
    ]);
    expect(told).not.toMatch(/\\u0000|\\ud[89a-f]/);
    expect(told.length).toBeLessThan(17_000);
  }
}

/** The gateway's ids in a fact's id, which for a part of a dispute are those of the dispute and the capture. */
function namedBy({ kind, objectId, parentId = '' }: Fact): string[] {
  const isPart = kind === 'dispute' && objectId.endsWith(`:${parentId}`);
  return isPart ? [objectId.slice(0, -parentId.length - 1), parentId] : [objectId];
}
