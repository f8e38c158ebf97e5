import { randomBytes } from 'node:crypto';
import { SealKeyring, TOPICS } from '@payments/contracts';
import type { OutgoingRecord, SchemaCodec } from '@payments/messaging';

/** A record that is not Avro, as if written past the ingress. */
export function poisonRecord(key: string): OutgoingRecord {
  return { topic: TOPICS.webhookReceived.name, key, value: Buffer.from('these bytes are no Avro') };
}

/**
 * A correct record except for its seal: its writer had access to the topic, but not the key. It has the real key's id,
 * because an unknown id makes workers wait for an operator.
 */
export function forgedRecord(
  key: string,
  sealKeyId: string,
  codec: Pick<SchemaCodec, 'encode'>,
): OutgoingRecord {
  const context = {
    webhookId: forgedWebhookId(key),
    provider: 'stripe',
    eventType: 'payment_intent.succeeded',
    source: 'gateway',
    receivedAt: Date.now(),
  };
  const forger = new SealKeyring([{ id: sealKeyId, key: randomBytes(32) }]);
  const sealedBody = forger.seal(context, Buffer.from('{"amount":1}'));
  const value = codec.encode(TOPICS.webhookReceived, { ...context, sealedBody });
  return { topic: TOPICS.webhookReceived.name, key, value };
}

/** The webhook id of the forged record: no row may have it. */
export function forgedWebhookId(key: string): string {
  return `stripe:evt_${key}`;
}
