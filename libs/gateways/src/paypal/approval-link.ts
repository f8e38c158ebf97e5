import type { JsonValue } from '@payments/domain';
import { nextActionOf } from '../fact-parts.js';
import { arrayAt, isJsonObject, type JsonObject } from '../webhook-body.js';

/** Of an order with and without a payment source, and of a refusal that another way of paying may mend. */
const RELS = ['payer-action', 'approve', 'redirect'];

/** Where the payer approves an order, or approves it anew; null if PayPal does not say. */
export function approvalLink(resource: JsonObject): JsonValue {
  for (const rel of RELS) {
    for (const link of arrayAt(resource, 'links')) {
      if (!isJsonObject(link) || link.rel !== rel || typeof link.href !== 'string') continue;
      return nextActionOf({ type: 'redirect', url: link.href });
    }
  }
  return null;
}
