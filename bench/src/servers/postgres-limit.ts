import { createServer } from 'node:http';
import { processEnv } from '@payments/runtime';
import pg from 'pg';

/**
 * The limit of a read that is not cached: node:http and one prepared SELECT. Nothing is checked, counted or bounded.
 */
const { PORT, DATABASE_URL = '', DATABASE_POOL_SIZE } = processEnv();
const PREFIX = '/v1/payment-intents/';
const SELECT = {
  name: 'read',
  text: `SELECT intent.* FROM payment_intent_keys key JOIN payment_intents intent
    ON intent.id = key.payment_intent_id AND intent.created_at = uuid_v7_time(key.payment_intent_id)
    WHERE key.intent_id = $1`,
};

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: Number(DATABASE_POOL_SIZE) });

createServer(async (req, res) => {
  const { rows } = await pool.query({ ...SELECT, values: [(req.url ?? '').slice(PREFIX.length)] });
  const body = JSON.stringify(rows[0] ?? null);
  res.writeHead(rows.length === 0 ? 404 : 200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  res.end(body);
}).listen(Number(PORT), '127.0.0.1');
