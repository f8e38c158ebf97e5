import { SealBrokenError, type SealKeyring, SealKeyUnknownError } from '@payments/contracts';
import type { ReadWaiting } from '@payments/persistence';
import { type ContentRules, contentOf } from './webhook-content.js';

/**
 * Opens and parses stored webhooks that waited for their payment, as on arrival. One whose sealing key is missing
 * keeps waiting.
 */
export function waitingReader(keyring: Pick<SealKeyring, 'open'>, rules: ContentRules): ReadWaiting {
  return ({ webhookId, provider, eventType, source, receivedAt, sealedBody }) => {
    let body: Buffer;
    try {
      body = keyring.open({ webhookId, provider, eventType, source, receivedAt }, sealedBody);
    } catch (error) {
      if (error instanceof SealBrokenError)
        return { status: 'FAILED', error: 'its stored seal does not open' };
      if (error instanceof SealKeyUnknownError) return { waitsOn: error };
      throw error;
    }
    const content = contentOf({ provider, source }, body, rules);
    if (content.kind === 'facts') return { facts: content.reading.facts };
    // It had facts when it was stored; a mapping that has dropped its type since yields none.
    if (content.status === 'IGNORED') return { facts: [] };
    return { status: content.status, error: content.error };
  };
}
