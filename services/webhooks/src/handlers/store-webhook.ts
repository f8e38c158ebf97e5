import type { WebhookMarks } from '@payments/cache';
import { type SealKeyring, TOPICS, type WebhookReceived } from '@payments/contracts';
import { isGatewayProvider } from '@payments/domain';
import { describeWebhook, WebhookError } from '@payments/gateways';
import type { ConsumedRecord, SchemaCodec } from '@payments/messaging';
import { type EntityManager, insertWebhooks, type WebhookRow } from '@payments/persistence';
import { type Handler, type Message, PoisonError } from '@payments/worker';
import type { WebhookEvents } from '../webhook-events.js';

export interface StoreWebhookDeps {
  readonly codec: Pick<SchemaCodec, 'decode'>;
  readonly keyring: Pick<SealKeyring, 'open'>;
  readonly marks: WebhookMarks;
  readonly events: WebhookEvents;
}

/** Stores each webhook once, whole batches in one transaction. */
export class StoreWebhook implements Handler<WebhookRow, ReadonlySet<string>> {
  readonly #deps: StoreWebhookDeps;

  constructor(deps: StoreWebhookDeps) {
    this.#deps = deps;
  }

  async load(record: ConsumedRecord): Promise<WebhookRow> {
    if (record.value === null) throw new PoisonError('EMPTY', 'the record has no value');
    const webhook = await this.#deps.codec.decode(TOPICS.webhookReceived, record.value);
    const { sealedBody, ...context } = webhook;
    const body = this.#deps.keyring.open(context, sealedBody);
    return rowOf(webhook, body, record);
  }

  async alreadyDone(messages: readonly Message<WebhookRow>[]): Promise<ReadonlySet<Message<WebhookRow>>> {
    const marked = await this.#deps.marks.marked(messages.map(({ value }) => value.webhookId));
    const done = messages.filter(({ value }) => marked.has(value.webhookId));
    this.#deps.events.alreadyStored(done);
    return new Set(done);
  }

  /** @returns the ids that were new. */
  apply(em: EntityManager, messages: readonly Message<WebhookRow>[]): Promise<ReadonlySet<string>> {
    return insertWebhooks(
      em,
      messages.map(({ value }) => value),
    );
  }

  async afterCommit(messages: readonly Message<WebhookRow>[], inserted: ReadonlySet<string>): Promise<void> {
    this.#deps.events.stored(messages, inserted);
    await this.#deps.marks.mark(messages.map(({ value }) => value.webhookId));
  }
}

function rowOf(webhook: WebhookReceived, body: Buffer, record: ConsumedRecord): WebhookRow {
  const { webhookId, provider, eventType, source, receivedAt, sealedBody } = webhook;
  if (!isGatewayProvider(provider)) {
    throw new PoisonError('UNKNOWN_PROVIDER', `no gateway is called ${JSON.stringify(provider)}`);
  }
  if (source !== 'gateway' && source !== 'reconciliation') {
    throw new PoisonError('UNKNOWN_SOURCE', `no webhook comes from ${JSON.stringify(source)}`);
  }
  const { effect, eventTime, objectIds } = describe(provider, body);
  return {
    webhookId,
    provider,
    eventType,
    source,
    status: effect === undefined ? 'IGNORED' : 'UNMATCHED',
    receivedAt: new Date(receivedAt),
    eventTime,
    objectIds,
    sealedBody,
    kafka: { topic: record.topic, partition: record.partition, offset: BigInt(record.offset) },
  };
}

function describe(
  ...[provider, body]: Parameters<typeof describeWebhook>
): ReturnType<typeof describeWebhook> {
  try {
    return describeWebhook(provider, body);
  } catch (error) {
    if (error instanceof WebhookError) throw new PoisonError('UNREADABLE', error.reason, { cause: error });
    throw error;
  }
}
