import { createHash } from 'node:crypto';
import type { PaymentIntentCommand } from '@payments/contracts';

/**
 * SHA-256 of what a command wants: of all but when it was sent and by whom, with names in one order, so that a
 * command is the same by whatever path and however often it comes.
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
