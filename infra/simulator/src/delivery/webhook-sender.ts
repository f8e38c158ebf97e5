import { GATEWAY_PROVIDERS, type GatewayProvider } from '@payments/domain';
import { BoundedMap } from '../bounded-map.js';
import type { SimulatorClock } from '../clock.js';
import type { SimulatorSettings } from '../settings.js';
import { DeliveryPlanner, type Disorder, ORDERLY } from './disorder.js';
import type { DeliveryRecord, OutgoingWebhook, WebhookTarget } from './outgoing-webhook.js';
import { postWebhook } from './post-webhook.js';
import { RETRY_SCHEDULES } from './retry-schedules.js';
import { WebhookLine } from './webhook-line.js';

type Mutable = { -readonly [Name in keyof DeliveryRecord]: DeliveryRecord[Name] };

interface Sending {
  readonly webhook: OutgoingWebhook;
  readonly target: WebhookTarget;
  readonly record: Mutable;
  attempt: number;
  firstSentAtMs: number | undefined;
}

export interface WebhookSenderParts {
  readonly clock: SimulatorClock;
  readonly settings: SimulatorSettings;
  readonly recordsMax: number;
}

/** Sends each gateway's events to its webhook: signed, again until they are taken, and as disorderly as asked. */
export class WebhookSender {
  readonly #parts: WebhookSenderParts;
  readonly #targets = new Map<GatewayProvider, WebhookTarget>();
  readonly #disabled = new Set<GatewayProvider>();
  readonly #records: BoundedMap<string, Mutable>;
  readonly #lines: Readonly<Record<GatewayProvider, WebhookLine>>;
  readonly #closing = new AbortController();
  #disorder: Disorder = ORDERLY;
  #planner = new DeliveryPlanner(ORDERLY);

  constructor(parts: WebhookSenderParts) {
    this.#parts = parts;
    this.#records = new BoundedMap(parts.recordsMax);
    const lines = GATEWAY_PROVIDERS.map((name) => [name, new WebhookLine(parts.clock, ORDERLY.concurrency)]);
    this.#lines = Object.fromEntries(lines) as Record<GatewayProvider, WebhookLine>;
  }

  get disorder(): Disorder {
    return this.#disorder;
  }

  /** Starts the sequence of plans again. */
  setDisorder(disorder: Disorder): void {
    this.#disorder = disorder;
    this.#planner = new DeliveryPlanner(disorder);
    for (const line of Object.values(this.#lines)) line.concurrency = disorder.concurrency;
  }

  /** From now on events go there, also if the webhook had been disabled; undefined: nowhere. */
  setTarget(provider: GatewayProvider, target: WebhookTarget | undefined): void {
    this.#disabled.delete(provider);
    if (target === undefined) this.#targets.delete(provider);
    else this.#targets.set(provider, target);
  }

  /** Where events go; undefined also if the gateway has disabled the webhook. */
  targetOf(provider: GatewayProvider): WebhookTarget | undefined {
    return this.#disabled.has(provider) ? undefined : this.#targets.get(provider);
  }

  isDisabled(provider: GatewayProvider): boolean {
    return this.#disabled.has(provider);
  }

  publish(webhook: OutgoingWebhook): void {
    const { provider, id, type } = webhook;
    const plan = this.#planner.next(provider);
    const target = this.targetOf(provider);
    const state = target === undefined ? 'no_target' : plan.copies === 0 ? 'dropped' : 'waiting';
    const record: Mutable = { id, provider, type, copies: plan.copies, attempts: 0, state, lastResult: null };
    this.#records.set(`${provider}:${id}`, record);
    if (target === undefined || plan.copies === 0) return;
    const sending: Sending = { webhook, target, record, attempt: 0, firstSentAtMs: undefined };
    const enter = (): void => {
      this.#lines[provider].enter(plan.overtakenBy, () => this.#attempt(sending));
      if (plan.copies === 2)
        this.#lines[provider].enter(plan.overtakenBy, () => this.#attempt({ ...sending }));
    };
    if (plan.delayMs === 0) enter();
    else this.#parts.clock.schedule(plan.delayMs, enter);
  }

  /** Oldest first. */
  records(): DeliveryRecord[] {
    return Array.from(this.#records.values(), (record) => ({ ...record }));
  }

  /** Forgets what was sent and what still waits; targets stay. */
  reset(): void {
    this.#records.clear();
    this.#disabled.clear();
    for (const line of Object.values(this.#lines)) line.clear();
    this.setDisorder(ORDERLY);
  }

  close(): void {
    this.#closing.abort();
    for (const line of Object.values(this.#lines)) line.clear();
  }

  async #attempt(sending: Sending): Promise<void> {
    const { webhook, target, record } = sending;
    if (this.#closing.signal.aborted) return;
    // Signatures carry the machine's time: receivers do not know of the simulator's.
    sending.firstSentAtMs ??= Date.now();
    sending.attempt++;
    record.attempts++;
    const headers = target.sign(webhook, sending.firstSentAtMs);
    const timeout = AbortSignal.timeout(RETRY_SCHEDULES[webhook.provider].timeoutMs);
    const signal = AbortSignal.any([timeout, this.#closing.signal]);
    const result = await postWebhook(target.url, headers, webhook.body, signal);
    record.lastResult = result;
    if (typeof result === 'number' && result >= 200 && result < 300) record.state = 'delivered';
    else this.#again(sending);
  }

  #again(sending: Sending): void {
    const { provider } = sending.webhook;
    const { delaysMs, isDisabledAtTheEnd } = RETRY_SCHEDULES[provider];
    const delayMs = delaysMs[sending.attempt - 1];
    if (delayMs !== undefined) {
      const sooner = delayMs / this.#parts.settings.webhookTimeFactor;
      this.#parts.clock.schedule(sooner, () => this.#lines[provider].enter(0, () => this.#attempt(sending)));
      return;
    }
    if (sending.record.state === 'waiting') sending.record.state = 'given_up';
    if (isDisabledAtTheEnd) this.#disabled.add(provider);
  }
}
