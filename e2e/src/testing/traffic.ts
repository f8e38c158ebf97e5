import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayProvider } from '@payments/domain';
import { nthWebhook } from '../signed-webhooks.js';
import type { Pipeline } from './pipeline.js';

/** A webhook that got a 2xx, and so must be in Postgres. */
export interface Accepted {
  readonly provider: GatewayProvider;
  readonly eventType: string;
}

/** Between two webhooks of one client: these tests are about faults, not load. */
const PACE_MS = 5;

/** Clients that send distinct webhooks, some of them twice, until `stop`. */
export class Traffic {
  readonly accepted = new Map<string, Accepted>();
  /** Number of answers by status; 0 stands for a connection that ended without one. */
  readonly answers = new Map<number, number>();
  readonly #pipeline: Pipeline;
  readonly #clients: readonly Promise<void>[];
  #stopped = false;
  #sent = 0;

  /** @param duplicatesOf percentage of webhooks that are sent twice */
  constructor(pipeline: Pipeline, { clients = 8, duplicatesOf = 20 } = {}) {
    this.#pipeline = pipeline;
    this.#clients = Array.from({ length: clients }, () => this.#client(duplicatesOf));
  }

  get acceptedCount(): number {
    return this.accepted.size;
  }

  countOf(status: number): number {
    return this.answers.get(status) ?? 0;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#clients);
  }

  async #client(duplicatesOf: number): Promise<void> {
    while (!this.#stopped) {
      const number = this.#sent;
      this.#sent += 1;
      const webhook = nthWebhook(number);
      const copies = number % 100 < duplicatesOf ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) await this.#send(webhook);
      await delay(PACE_MS);
    }
  }

  async #send({ provider, body, webhookId, eventType }: ReturnType<typeof nthWebhook>): Promise<void> {
    let status = 0;
    try {
      ({ status } = await this.#pipeline.post(provider, body));
    } catch {
      // Without an answer the webhook need not be stored.
    }
    this.answers.set(status, this.countOf(status) + 1);
    if (status >= 200 && status < 300) this.accepted.set(webhookId, { provider, eventType });
  }
}
