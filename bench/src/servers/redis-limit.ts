import { createServer } from 'node:http';
import { processEnv } from '@payments/runtime';
import { Redis } from 'ioredis';

/** The limit of a cached read: node:http and one GET. Nothing is checked, counted or bounded. */
const { PORT, REDIS_URL = '' } = processEnv();
const PREFIX = '/v1/payment-intents/';

const redis = new Redis(REDIS_URL);

createServer(async (req, res) => {
  const text = await redis.get(`payment_intent:${(req.url ?? '').slice(PREFIX.length)}`);
  const body = text ?? '';
  res.writeHead(text === null ? 404 : 200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  res.end(body);
}).listen(Number(PORT), '127.0.0.1');
