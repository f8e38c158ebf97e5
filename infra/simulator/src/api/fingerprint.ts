import { createHash } from 'node:crypto';
import type { Call } from './call.js';

/** What has to be the same when an idempotency key comes again: path and body. */
export function fingerprintOf({ path, body }: Call): string {
  return createHash('sha256').update(path).update('\n').update(body).digest('base64');
}
