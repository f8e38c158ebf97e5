import { GATEWAY_PROVIDERS, type GatewayProvider } from '@payments/domain';
import { BoundedMap } from '../bounded-map.js';
import type { SimulatorClock } from '../clock.js';
import type { SimulatorSettings } from '../settings.js';
import type { WebhookHeaders } from '../webhook-headers.js';
import { type DeliveryPlan, DeliveryPlanner, type Disorder, ORDERLY } from './disorder.js';
import type { DeliveryRecord, DeliveryState, OutgoingWebhook, WebhookTarget } from './outgoing-webhook.js';
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
  /** So many events are remembered, and so many wait at most; what comes on top is given up. */
  readonly webhooksMax: number;
}

/** Sends each gateway's events to its webhook: signed, again until they are taken, and as disorderly as asked. */
export class WebhookSender {
  readonly #parts: WebhookSenderParts;
  readonly #targets = new Map<GatewayProvider, WebhookTarget>();
  readonly #disabled = new Set<GatewayProvider>();
  readonly #records: BoundedMap<string, Mutable>;
  readonly #lines: Readonly<Record<GatewayProvider, WebhookLine>>;
  readonly #requests = new Set<AbortController>();
  #disorder: Disorder = ORDERLY;
  /** What is neither taken nor given up. A reset empties it, so that what is under way ends without effect. */
  readonly #waiting = new Set<Sending>();
  #planner = new DeliveryPlanner(ORDERLY);

  constructor(parts: WebhookSenderParts) {
    this.#parts = parts;
    this.#records = new BoundedMap(parts.webhooksMax);
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
    const state = this.#firstState(target, plan);
    const record: Mutable = { id, provider, type, copies: plan.copies, attempts: 0, state, lastResult: null };
    this.#records.set(`${provider}:${id}`, record);
    if (target === undefined || state !== 'waiting') return;
    const enter = (): void => {
      for (let copy = 0; copy < plan.copies; copy++) {
        const sending: Sending = { webhook, target, record, attempt: 0, firstSentAtMs: undefined };
        this.#waiting.add(sending);
        this.#lines[provider].enter(plan.overtakenBy, () => this.#attempt(sending));
      }
    };
    if (plan.delayMs === 0) enter();
    else this.#parts.clock.schedule(plan.delayMs, enter);
  }

  #firstState(target: WebhookTarget | undefined, { copies }: DeliveryPlan): DeliveryState {
    if (target === undefined) return 'no_target';
    if (copies === 0) return 'dropped';
    return this.#waiting.size >= this.#parts.webhooksMax ? 'given_up' : 'waiting';
  }

  /** What became of an event; undefined if it is not remembered. */
  stateOf(provider: GatewayProvider, id: string): DeliveryState | undefined {
    return this.#records.get(`${provider}:${id}`)?.state;
  }

  /** Oldest first. */
  records(): DeliveryRecord[] {
    return Array.from(this.#records.values(), (record) => ({ ...record }));
  }

  /** Forgets what was sent and what still waits; targets stay. */
  reset(): void {
    this.#records.clear();
    this.#disabled.clear();
    this.#waiting.clear();
    for (const line of Object.values(this.#lines)) line.clear();
    this.setDisorder(ORDERLY);
  }

  close(): void {
    this.#waiting.clear();
    for (const request of this.#requests) request.abort();
    for (const line of Object.values(this.#lines)) line.clear();
  }

  async #attempt(sending: Sending): Promise<void> {
    const { webhook, target, record } = sending;
    if (!this.#waiting.has(sending)) return;
    // Signatures carry the machine's time: receivers do not know of the simulator's.
    sending.firstSentAtMs ??= Date.now();
    sending.attempt++;
    record.attempts++;
    const headers = target.sign(webhook, sending.firstSentAtMs);
    const result = await this.#post(webhook, target.url, headers);
    if (!this.#waiting.has(sending)) return;
    record.lastResult = result;
    if (typeof result === 'number' && result >= 200 && result < 300) this.#end(sending, 'delivered');
    else this.#again(sending);
  }

  async #post({ provider, body }: OutgoingWebhook, url: string, headers: WebhookHeaders) {
    const request = new AbortController();
    const timeoutMs = RETRY_SCHEDULES[provider].timeoutMs;
    const timer = setTimeout(() => request.abort(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
    this.#requests.add(request);
    try {
      return await postWebhook(url, headers, body, request.signal);
    } finally {
      clearTimeout(timer);
      this.#requests.delete(request);
    }
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
    this.#end(sending, 'given_up');
    if (isDisabledAtTheEnd) this.#disabled.add(provider);
  }

  /** Of two copies one that was taken counts. */
  #end(sending: Sending, state: 'delivered' | 'given_up'): void {
    const { record } = sending;
    this.#waiting.delete(sending);
    if (record.state !== 'delivered') record.state = state;
  }
}
