import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { processEnv } from '@payments/runtime';

/**
 * The limit of the ingress: node:http and the HMAC alone. It reads the body, verifies Stripe's signature and answers,
 * but parses, seals and stores nothing.
 */
const { PORT, STRIPE_WEBHOOK_SECRETS: secret = '' } = processEnv();
const ANSWER = '{"received":true}';

createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    const header = String(req.headers['stripe-signature']);
    const [, timestamp = '', signature = ''] = /t=(\d+),v1=([0-9a-f]+)/.exec(header) ?? [];
    const expected = createHmac('sha256', secret)
      .update(`${timestamp}.`)
      .update(Buffer.concat(chunks))
      .digest();
    const given = Buffer.from(signature, 'hex');
    const ok = given.length === expected.length && timingSafeEqual(given, expected);
    res.writeHead(ok ? 200 : 401, { 'content-type': 'application/json', 'content-length': ANSWER.length });
    res.end(ANSWER);
  });
}).listen(Number(PORT), '127.0.0.1');
