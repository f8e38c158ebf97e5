import { createHash } from 'node:crypto';
import type { PaymentIntentCommand } from '@payments/contracts';

/**
 * SHA-256 of a command's content: everything but its sender and send time, with sorted names, so that repetitions
 * have the same hash whichever way they come.
 */
export function requestHashOf({ issuedAt: _, sender: __, ...wanted }: PaymentIntentCommand): Buffer {
  return createHash('sha256')
    .update(JSON.stringify(inOrder(wanted)))
    .digest();
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, one]) => [key, inOrder(one)]);
}
