import type { GatewayProvider } from '@payments/domain';
import type { FaultRule, LedgerPayment, SimulatorSettings } from '@payments/simulator';

/** A fault that was added. */
export interface AddedFault extends FaultRule {
  readonly id: number;
  /** How often it occurred. */
  readonly hits: number;
}

/** The number of requests for an operation, and of faults among them. */
export interface OperationCount {
  readonly provider: GatewayProvider;
  readonly operation: string;
  readonly requests: number;
  readonly faulted: number;
}

/** A client of a running simulator's control API (docs/simulator.md), for the requests that are needed here. */
export class SimulatorControl {
  readonly #url: string;

  /** @param url without a trailing slash */
  constructor(url: string) {
    this.#url = `${url}/control`;
  }

  addFault(rule: Partial<FaultRule> & Pick<FaultRule, 'kind'>): Promise<AddedFault> {
    return this.#request('POST', '/faults', rule);
  }

  async faults(): Promise<readonly AddedFault[]> {
    const { faults } = await this.#request<{ faults: AddedFault[] }>('GET', '/faults');
    return faults;
  }

  async removeFault(id: number): Promise<void> {
    await this.#request('DELETE', `/faults/${id}`);
  }

  async removeFaults(): Promise<void> {
    await this.#request('DELETE', '/faults');
  }

  async set(settings: Partial<SimulatorSettings>): Promise<void> {
    await this.#request('PATCH', '/settings', settings);
  }

  /** Sets how unreliably webhooks are sent (`PUT /control/webhooks/disorder`). */
  async disorder(disorder: Readonly<Record<string, number>>): Promise<void> {
    await this.#request('PUT', '/webhooks/disorder', disorder);
  }

  /** Sets the URL of a gateway's webhooks, and the secret with which they are signed. */
  async sendWebhooks(provider: GatewayProvider, target: Readonly<Record<string, string>>): Promise<void> {
    await this.#request('PUT', `/webhooks/${provider}`, target);
  }

  /** Charges, refunds and authorizations of every payment, or of one. */
  async ledger(intentId?: string): Promise<readonly LedgerPayment[]> {
    const query = intentId === undefined ? '' : `?intentId=${intentId}`;
    const { payments } = await this.#request<{ payments: LedgerPayment[] }>('GET', `/ledger${query}`);
    return payments;
  }

  /** Number of webhooks that are neither acknowledged nor given up. */
  async webhooksWaiting(): Promise<number> {
    const { events } = await this.#request<{ events: { state: string }[] }>('GET', '/webhooks');
    return events.filter(({ state }) => state === 'waiting').length;
  }

  async requests(): Promise<readonly OperationCount[]> {
    const { operations } = await this.#request<{ operations: OperationCount[] }>('GET', '/requests');
    return operations;
  }

  /** @throws Error on any answer but 200 */
  async #request<Body>(method: string, path: string, body?: object): Promise<Body> {
    const answer = await fetch(this.#url + path, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} /control${path} was answered with ${answer.status} ${text}`);
    return JSON.parse(text) as Body;
  }
}
