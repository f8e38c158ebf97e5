import { createRequire } from 'node:module';
import { createLogger } from '@payments/runtime';
import { signStripe } from '@payments/simulator';
import { given, givenWorkload, report } from './contender.js';
import { SteadyClock } from './steady-clock.js';

/**
 * The peer: `processWebhook` of @supabase/stripe-sync-engine. It verifies Stripe's signature and writes the event's
 * object to its row, unless the row is newer. It stores no events, so a second delivery is written again; it has no
 * sums, no transactions, no events of its own, and no queue between the request and the row. Its requests to Stripe's
 * API for related objects are switched off.
 */
const CONCURRENCY = 32;
const SECRET = 'whsec_bench_only';
const SCHEMA = 'stripe';

// Its ES module build finds its migrations by `__dirname`, which only CommonJS has.
const engine: typeof import('@supabase/stripe-sync-engine') = createRequire(import.meta.url)(
  '@supabase/stripe-sync-engine',
);
const logger = createLogger({ service: 'stripe-sync-engine', level: 'error' });
const databaseUrl = given('DATABASE_URL');
await engine.runMigrations({ databaseUrl, schema: SCHEMA, logger });
const sync = new engine.StripeSync({
  schema: SCHEMA,
  stripeSecretKey: 'sk_test_unused',
  stripeWebhookSecret: SECRET,
  backfillRelatedEntities: false,
  autoExpandLists: false,
  poolConfig: { connectionString: databaseUrl, max: Number(given('POOL')) },
});
const signed = givenWorkload().deliveries.map(({ body }) => ({
  body,
  signature: String(signStripe(body, SECRET)['stripe-signature']),
}));
let failed = 0;
let firstFailure: unknown;
const rest = signed.values();
const clock = new SteadyClock(signed.length);
await Promise.all(Array.from({ length: CONCURRENCY }, takeTurns));
if (failed > 0) console.error(`stripe-sync-engine failed at ${failed} webhooks, first:`, firstFailure);
report({ ...clock.measured, repeated: 0, failed });
await sync.close();

async function takeTurns(): Promise<void> {
  for (const { body, signature } of rest) {
    try {
      await sync.processWebhook(body, signature);
    } catch (error) {
      failed += 1;
      firstFailure ??= error;
    }
    clock.done();
  }
}
