import type { JsonValue } from '@payments/domain';
import { nextActionOf } from '../fact-parts.js';
import { arrayAt, isJsonObject, type JsonObject } from '../webhook-body.js';

/** Link relations of an order with and without a payment source, and of a decline that another source may avoid. */
const RELS = ['payer-action', 'approve', 'redirect'];

/** The redirect to approve an order, for the first time or again; null if there is none. */
export function approvalLink(resource: JsonObject): JsonValue {
  for (const rel of RELS) {
    for (const link of arrayAt(resource, 'links')) {
      if (!isJsonObject(link) || link.rel !== rel || typeof link.href !== 'string') continue;
      return nextActionOf({ type: 'redirect', url: link.href });
    }
  }
  return null;
}
