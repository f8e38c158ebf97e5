import { HttpSender } from '../http-sender.js';
import type { DemoRequest } from './requests.js';

const CONNECTIONS = 32;
const TRIES_MAX = 3;

/** A request with its answer. */
export interface Delivered {
  readonly request: DemoRequest;
  /** 0 if the connection ended without an answer. */
  readonly status: number;
  readonly title: string;
  readonly durationMs: number;
}

/** Sends requests over a few connections and records the answers. */
export class Delivery {
  readonly done: Delivered[] = [];
  /** Ids of the webhooks that got a 2xx, and so must be in Postgres. */
  readonly accepted = new Set<string>();
  acknowledged = 0;
  readonly total: number;
  readonly #requests: Iterator<DemoRequest>;
  readonly #sender: HttpSender;

  constructor(requests: readonly DemoRequest[], ingressUrl: string) {
    this.total = requests.length;
    this.#requests = requests.values();
    this.#sender = new HttpSender(ingressUrl.replace(/\/$/, ''), CONNECTIONS);
  }

  async run(): Promise<void> {
    await Promise.all(Array.from({ length: CONNECTIONS }, () => this.#client()));
    this.#sender.close();
  }

  async #client(): Promise<void> {
    for (let next = this.#requests.next(); !next.done; next = this.#requests.next()) {
      const request = next.value;
      const { status, title, durationMs } = await this.#send(request);
      this.done.push({ request, status, title, durationMs });
      if (status < 200 || status > 299) continue;
      this.acknowledged += 1;
      if (request.webhook !== undefined) this.accepted.add(request.webhook.webhookId);
    }
  }

  /** Retries if the connection ends without an answer, as gateways do. */
  async #send({ path, body, headers }: DemoRequest): Promise<Omit<Delivered, 'request'>> {
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await this.#sender.send(path, body, headers());
        return { ...answer, title: answer.body.title ?? 'acknowledged' };
      } catch (error) {
        if (tries < TRIES_MAX) continue;
        const why = error instanceof Error ? error.message : String(error);
        return { status: 0, title: `no answer: ${why}`, durationMs: 0 };
      }
    }
  }
}
