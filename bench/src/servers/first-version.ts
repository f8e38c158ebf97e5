import { createHmac, timingSafeEqual } from 'node:crypto';
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { TOPICS } from '@payments/contracts';
import { processEnv } from '@payments/runtime';
import express from 'express';
import { Kafka } from 'kafkajs';

/**
 * The obvious first version of the ingress: `express.raw`, verify, parse, encode, one `producer.send` per request. It
 * does less than the real one: it neither seals bodies nor bounds its queue.
 */
const env = processEnv();
const secret = env.STRIPE_WEBHOOK_SECRETS ?? '';
const topic = TOPICS.webhookReceived;

const kafka = new Kafka({ clientId: 'first-version', brokers: (env.KAFKA_BROKERS ?? '').split(',') });
const producer = kafka.producer();
await producer.connect();
const registry = new SchemaRegistry({ host: env.SCHEMA_REGISTRY_URL ?? '' });
const schemaId = await registry.getLatestSchemaId(topic.subject);

const app = express();
app.post('/webhooks/stripe', express.raw({ type: '*/*', limit: '1mb' }), async (req, res) => {
  const body: Buffer = req.body;
  if (!signed(body, String(req.headers['stripe-signature']))) {
    res.status(401).json({ error: 'bad signature' });
    return;
  }
  const event = JSON.parse(body.toString('utf8'));
  const webhook = {
    webhookId: `stripe:${event.id}`,
    provider: 'stripe',
    eventType: event.type,
    source: 'gateway',
    receivedAt: Date.now(),
    sealedBody: body,
  };
  const value = await registry.encode(schemaId, webhook);
  await producer.send({ topic: topic.name, messages: [{ key: event.data.object.id, value }] });
  res.json({ received: true, id: webhook.webhookId });
});
app.listen(Number(env.PORT), '127.0.0.1');

function signed(body: Buffer, header: string): boolean {
  const [, timestamp = '', signature = ''] = /t=(\d+),v1=([0-9a-f]+)/.exec(header) ?? [];
  const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
