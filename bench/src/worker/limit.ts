import { readWebhook } from '@payments/gateways';
import {
  applyToPayments,
  type EntityManager,
  insertWebhooks,
  knownWebhooks,
  objectIdsOf,
  openDatabase,
  type Report,
  saveConsumerOffsets,
  VersionConflictError,
  type WebhookRow,
} from '@payments/persistence';
import { given, givenWorkload, report } from './contender.js';
import { SteadyClock } from './steady-clock.js';
import type { Delivery } from './workload.js';

/**
 * The limit of the worker: its statements alone. All webhooks are read before the clock starts; there is no Kafka,
 * registry, seal, Redis or relay, and each batch has the maximum size of the worker's.
 */
const BATCH = 1_000;
/** As many concurrent transactions as the worker has. */
const LANES = 8;

interface Read {
  readonly row: Omit<WebhookRow, 'status'>;
  readonly report: Report;
}

const database = await openDatabase({
  url: given('DATABASE_URL'),
  poolSize: LANES,
  applicationName: 'bench limit',
});
const { deliveries } = givenWorkload();
const lanes: Read[][] = Array.from({ length: LANES }, () => []);
for (const delivery of deliveries) {
  const partition = laneOf(delivery.key);
  const lane = lanes[partition] ?? [];
  lane.push(read(delivery, partition, lane.length));
}
let repeated = 0;
const clock = new SteadyClock(deliveries.length);
await Promise.all(lanes.map(applyLane));
report({ ...clock.measured, repeated, failed: 0 });
await database.close();

async function applyLane(lane: readonly Read[], partition: number): Promise<void> {
  for (let from = 0; from < lane.length; from += BATCH) {
    const batch = lane.slice(from, from + BATCH);
    const nextOffset = BigInt(from + batch.length);
    for (;;) {
      try {
        await database.transaction(async (em) => {
          await applyBatch(em, batch);
          await saveConsumerOffsets(em, [{ consumerGroup: 'limit', topic: 'bench', partition, nextOffset }]);
        });
        break;
      } catch (error) {
        if (!(error instanceof VersionConflictError)) throw error;
        repeated += 1;
      }
    }
    clock.done(batch.length);
  }
}

/** Does what services/webhooks does in its transaction. */
async function applyBatch(em: EntityManager, batch: readonly Read[]): Promise<void> {
  const firsts = new Map<string, Read>();
  for (const one of batch) if (!firsts.has(one.row.webhookId)) firsts.set(one.row.webhookId, one);
  const { done, failed } = await knownWebhooks(em, [...firsts.keys()]);
  for (const id of done) firsts.delete(id);
  const fresh = [...firsts.values()];
  const reporting = fresh.filter(({ report: { facts } }) => facts.length > 0);
  const { verdicts } = await applyToPayments(
    em,
    reporting.map((one) => one.report),
  );
  const verdictOf = new Map(reporting.map((one, index) => [one, verdicts[index]]));
  const rows = fresh.map((one): WebhookRow => {
    const verdict = verdictOf.get(one);
    return {
      ...one.row,
      status: verdict?.status ?? 'IGNORED',
      paymentIntentId: verdict?.paymentIntentId ?? null,
    };
  });
  await insertWebhooks(em, rows, { replacing: failed });
}

function read(delivery: Delivery, partition: number, offset: number): Read {
  const { provider, webhookId, eventType, receivedAt, body } = delivery;
  const { objectIds, facts, eventTime, intentId = null } = readWebhook(provider, body);
  return {
    report: { source: 'gateway', provider, objectIds, facts, intentId },
    row: {
      webhookId,
      provider,
      eventType,
      eventTime,
      source: 'gateway',
      sealedBody: body,
      receivedAt: new Date(receivedAt),
      objectIds: objectIdsOf({ objectIds, facts }),
      kafka: { topic: 'bench', partition, offset: BigInt(offset) },
    },
  };
}

function laneOf(key: string): number {
  let hash = 0;
  for (let index = 0; index < key.length; index += 1) hash = (hash * 31 + key.charCodeAt(index)) >>> 0;
  return hash % LANES;
}
