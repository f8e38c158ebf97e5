import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type PaymentIntentEvent, TOPICS } from '@payments/contracts';
import { type GatewayProvider, intentIdOf } from '@payments/domain';
import { type KafkaConnection, SchemaCodec } from '@payments/messaging';
import { createPayments, type Database } from '@payments/persistence';
import { type PaymentOutcome, paymentHistory, seededRandom } from '@payments/simulator';
import { HttpSender } from '../http-sender.js';
import { comparePayment, Differences, type Life } from '../ledger/compare-payment.js';
import { lineOfEvent } from '../ledger/event-line.js';
import type { ExpectedLedger } from '../ledger/model.js';
import { readLedger, type StoredLedger } from '../ledger/stored-ledger.js';
import { type GatewaySecrets, sign } from '../signed-webhooks.js';
import { TopicReader } from '../topic-reader.js';
import type { DemoSettings } from './settings.js';
import { countRows } from './stored-rows.js';

/** One payment for each gateway. */
const LIVES: readonly {
  provider: GatewayProvider;
  outcome: PaymentOutcome;
  currency: string;
  amount: number;
}[] = [
  { provider: 'stripe', outcome: 'partially-refunded', currency: 'EUR', amount: 4_900 },
  { provider: 'paypal', outcome: 'authorized-then-captured', currency: 'USD', amount: 12_000 },
  { provider: 'razorpay', outcome: 'failed-then-captured', currency: 'INR', amount: 99_900 },
];
const BEGAN_MS_AGO = 60_000;
const SETTLE_MS_MAX = 30_000;
const POLL_EVERY_MS = 100;
const ROW_MS_MAX = 1_000;
const ROW_EVERY_MS = 5;

/** A payment whose webhooks were sent. */
export interface LivedPayment extends Life {
  /** The model's result; null if the payment has no row. */
  readonly expected: ExpectedLedger | null;
  readonly stored: StoredLedger;
  /** From payment.intent.events. */
  readonly events: readonly PaymentIntentEvent[];
}

export interface Lives {
  readonly payments: readonly LivedPayment[];
  readonly contradictions: readonly string[];
}

/**
 * Creates a payment at each gateway, sends their webhooks shuffled and twice, and compares the results with the
 * model.
 */
export async function runLives(
  settings: Pick<DemoSettings, 'INGRESS_URL' | 'SCHEMA_REGISTRY_URL'>,
  { database, kafka, secrets }: { database: Database; kafka: KafkaConnection; secrets: GatewaySecrets },
): Promise<Lives> {
  const lives = plannedLives();
  const reader = await TopicReader.open(kafka, TOPICS.intentEvents.name);
  try {
    await create(database, lives);
    const refused = await sendShuffled(settings.INGRESS_URL, lives, { database, secrets });
    const codec = new SchemaCodec(settings.SCHEMA_REGISTRY_URL);
    const { stored, events } = await untilSettled(lives, database, () => eventsIn(reader, lives, codec));
    const differences = new Differences();
    const payments = lives.map((life) => {
      const own = events.get(life.planned.intentId) ?? [];
      const expected = comparePayment(life, stored, own.map(lineOfEvent), differences);
      return { ...life, expected, stored, events: own };
    });
    return { payments, contradictions: [...refused, ...differences.shown] };
  } finally {
    await reader.close();
  }
}

function plannedLives(): Life[] {
  const run = randomBytes(4).toString('hex');
  return LIVES.map(({ provider, outcome, currency, amount }) => {
    const orderId = `demo-${run}-${provider}`;
    const intentId = intentIdOf(orderId, provider);
    return {
      planned: {
        provider,
        outcome,
        orderId,
        intentId,
        amount: { amountMinor: BigInt(amount), currency },
        captureMethod: outcome.startsWith('authorized') ? 'manual' : 'automatic',
      },
      history: paymentHistory(provider, {
        intentId,
        outcome,
        currency,
        amount,
        orderReference: orderId,
        atMs: Date.now() - BEGAN_MS_AGO,
        random: seededRandom(randomInt(2 ** 32)),
      }),
    };
  });
}

/** Creates the payments as a command would, with their gateways' object ids. */
async function create(database: Database, lives: readonly Life[]): Promise<void> {
  const rows = lives.map(({ planned, history }) => {
    const { provider, orderId, amount, captureMethod } = planned;
    const { gatewayObjectId } = history;
    return { provider, orderId, amount, captureMethod, gatewayObjectId, customerId: 'demo' };
  });
  await database.transaction((em) => createPayments(em, rows));
}

/**
 * Sends each webhook twice, all of them in random order. Each is sent once the one before is in Postgres, so that they
 * are applied in this order and not sorted within one batch.
 *
 * @returns what was not acknowledged
 */
async function sendShuffled(
  url: string,
  lives: readonly Life[],
  { database, secrets }: { database: Database; secrets: GatewaySecrets },
): Promise<string[]> {
  const webhooks = lives.flatMap(({ history }) => history.webhooks);
  const deliveries = [...webhooks, ...webhooks]
    .map((webhook) => ({ webhook, at: Math.random() }))
    .sort((a, b) => a.at - b.at);
  const sender = new HttpSender(url.replace(/\/$/, ''), 1);
  const refused: string[] = [];
  try {
    for (const { webhook } of deliveries) {
      const { provider, body, webhookId } = webhook;
      const { status } = await sender.send(`/webhooks/${provider}`, body, sign(provider, body, secrets));
      if (status !== 200) refused.push(`${webhookId} was answered with ${status}`);
      else await untilRow(database, webhookId);
    }
  } finally {
    sender.close();
  }
  return refused;
}

/** Waits for the row, at most for `ROW_MS_MAX`: a missing row is found later. */
async function untilRow(database: Database, webhookId: string): Promise<void> {
  const endAt = performance.now() + ROW_MS_MAX;
  while ((await countRows(database, new Set([webhookId]))) === 0 && performance.now() < endAt) {
    await delay(ROW_EVERY_MS);
  }
}

type Events = ReadonlyMap<string, readonly PaymentIntentEvent[]>;

/** Waits until every webhook has its row and every version its event, at most for `SETTLE_MS_MAX`. */
async function untilSettled(
  lives: readonly Life[],
  database: Database,
  readEvents: () => Promise<Events>,
): Promise<{ stored: StoredLedger; events: Events }> {
  const intentIds = lives.map(({ planned }) => planned.intentId);
  const webhookIds = lives.flatMap(({ history }) => history.webhooks.map(({ webhookId }) => webhookId));
  for (const endAt = performance.now() + SETTLE_MS_MAX; ; ) {
    const stored = await readLedger(database, { intentIds, webhookIds });
    const events = await readEvents();
    const isTold = intentIds.every(
      (id) => (events.get(id)?.at(-1)?.version ?? 1) === stored.intents.get(id)?.row.version,
    );
    const isSettled = isTold && stored.webhooks.size === webhookIds.length;
    if (isSettled || performance.now() > endAt) return { stored, events };
    await delay(POLL_EVERY_MS);
  }
}

/** Each version once, since events are delivered at least once. */
async function eventsIn(reader: TopicReader, lives: readonly Life[], codec: SchemaCodec): Promise<Events> {
  const found = new Map<string, PaymentIntentEvent[]>(lives.map(({ planned }) => [planned.intentId, []]));
  for (const { key, value } of reader.records) {
    const own = found.get(String(key));
    if (own === undefined || value === null) continue;
    const event = await codec.decode(TOPICS.intentEvents, value);
    if (event.version > (own.at(-1)?.version ?? 1)) own.push(event);
  }
  return found;
}
