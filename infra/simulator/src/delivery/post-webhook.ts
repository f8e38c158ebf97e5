import { request } from 'undici';
import type { WebhookHeaders } from '../webhook-headers.js';

/** One attempt. The status, or in words why there is none. Redirects are not followed: gateways do not. */
export async function postWebhook(
  url: string,
  headers: WebhookHeaders,
  body: Buffer,
  signal: AbortSignal,
): Promise<number | string> {
  try {
    const response = await request(url, { method: 'POST', headers, body, signal });
    // Read to its end, so that the connection can be used again.
    await response.body.dump();
    return response.statusCode;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  }
}
