import type { WebhookMarks } from '@payments/cache';
import { type SealKeyring, TOPICS } from '@payments/contracts';
import type { WebhookStatus } from '@payments/domain';
import {
  type Applied,
  applyToPayments,
  type EntityManager,
  insertWebhooks,
  knownWebhooks,
  type Verdict,
  type WebhookRow,
} from '@payments/persistence';
import {
  type ConsumedRecord,
  type Handler,
  type Message,
  PoisonError,
  type SchemaCodec,
  type TellChanges,
} from '@payments/worker';
import { type ReceivedWebhook, receivedWebhook } from '../received-webhook.js';
import type { ContentRules } from '../webhook-content.js';
import type { WebhookEvents } from '../webhook-events.js';

export interface ApplyWebhookDeps {
  readonly codec: Pick<SchemaCodec, 'decodeThen'>;
  readonly keyring: Pick<SealKeyring, 'open'>;
  readonly marks: WebhookMarks;
  readonly events: WebhookEvents;
  readonly rules: ContentRules;
  readonly tell: TellChanges;
  /** Called once something is committed that webhooks may have waited for. */
  readonly wakeSettling: () => void;
}

/** Not marked as done: one that failed is open to another try, and one that waits may still fail. */
const MAY_FAIL: readonly WebhookStatus[] = ['FAILED', 'UNMATCHED', 'VERIFYING'];

/** What a batch did. */
export interface WebhookEffects {
  /** The webhooks that were new, as they were stored, each with what became of it if it was applied. */
  readonly stored: readonly { readonly row: WebhookRow; readonly verdict: Verdict | null }[];
  readonly applied: Applied;
}

/** Applies webhooks to payments: whole batches in one transaction, each webhook once. */
export class ApplyWebhook implements Handler<ReceivedWebhook, WebhookEffects> {
  readonly #deps: ApplyWebhookDeps;

  constructor(deps: ApplyWebhookDeps) {
    this.#deps = deps;
  }

  load(record: ConsumedRecord): ReceivedWebhook | Promise<ReceivedWebhook> {
    const { codec, keyring, rules } = this.#deps;
    if (record.value === null) throw new PoisonError('EMPTY', 'the record has no value');
    return codec.decodeThen(TOPICS.webhookReceived, record.value, (webhook) => {
      const body = keyring.open(webhook, webhook.sealedBody);
      return receivedWebhook(webhook, body, record, rules);
    });
  }

  async alreadyDone(
    messages: readonly Message<ReceivedWebhook>[],
  ): Promise<ReadonlySet<Message<ReceivedWebhook>>> {
    const marked = await this.#deps.marks.marked(messages.map(({ value }) => value.row.webhookId));
    const done = messages.filter(({ value }) => marked.has(value.row.webhookId));
    this.#deps.events.duplicates(done.map(({ value }) => value.row));
    return new Set(done);
  }

  async apply(em: EntityManager, messages: readonly Message<ReceivedWebhook>[]): Promise<WebhookEffects> {
    const { fresh, failed } = await newWebhooks(em, messages);
    const reporting = fresh.filter(({ report }) => report !== null);
    const applied = await applyToPayments(
      em,
      reporting.flatMap(({ report }) => report ?? []),
    );
    const verdicts = new Map(reporting.map((webhook, index) => [webhook, applied.verdicts[index] ?? null]));
    const stored = fresh.map((webhook) => {
      const verdict = verdicts.get(webhook) ?? null;
      return { row: rowOf(webhook, verdict), verdict };
    });
    const rows = stored.map(({ row }) => row);
    await insertWebhooks(em, rows, { replacing: failed });
    return { stored, applied };
  }

  async afterCommit(
    messages: readonly Message<ReceivedWebhook>[],
    { stored, applied }: WebhookEffects,
  ): Promise<void> {
    const { events, marks, tell, wakeSettling } = this.#deps;
    const told = tell(applied);
    if (applied.claimedAwaited.size > 0) wakeSettling();
    // What became of those that were stored before, only Postgres knows.
    const done = stored.flatMap(({ row }) => (MAY_FAIL.includes(row.status) ? [] : [row.webhookId]));
    events.applied(
      messages.map(({ value }) => value.row),
      { stored, applied },
    );
    await Promise.all([told, marks.mark(done)]);
  }
}

interface NewWebhooks {
  readonly fresh: readonly ReceivedWebhook[];
  /** Ids of those among them that failed before. */
  readonly failed: ReadonlySet<string>;
}

/** Each webhook once, without those that are stored already. */
async function newWebhooks(
  em: EntityManager,
  messages: readonly Message<ReceivedWebhook>[],
): Promise<NewWebhooks> {
  const firsts = new Map<string, ReceivedWebhook>();
  for (const { value } of messages) {
    if (!firsts.has(value.row.webhookId)) firsts.set(value.row.webhookId, value);
  }
  const { done, failed } = await knownWebhooks(em, [...firsts.keys()]);
  for (const id of done) firsts.delete(id);
  return { fresh: [...firsts.values()], failed };
}

function rowOf({ row, end }: ReceivedWebhook, verdict: Verdict | null): WebhookRow {
  if (verdict === null) return { ...row, ...end, paymentIntentId: null };
  const { status, paymentIntentId } = verdict;
  return {
    ...{ ...row, status, paymentIntentId, error: status === 'FAILED' ? verdict.error : null },
    ...(status === 'UNMATCHED' && { objectIds: verdict.waitsFor }),
  };
}
