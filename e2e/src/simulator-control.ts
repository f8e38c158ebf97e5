import type { GatewayProvider } from '@payments/domain';
import type { FaultRule, LedgerPayment, SimulatorSettings } from '@payments/simulator';

/** A fault that was asked for. */
export interface AskedFault extends FaultRule {
  readonly id: number;
  /** How often it struck. */
  readonly hits: number;
}

/** How often gateways were asked for an operation, and how often a fault struck. */
export interface OperationCount {
  readonly provider: GatewayProvider;
  readonly operation: string;
  readonly requests: number;
  readonly faulted: number;
}

/** The control API of a running simulator (docs/simulator.md), as far as it is needed here. */
export class SimulatorControl {
  readonly #url: string;

  /** @param url without a slash at its end */
  constructor(url: string) {
    this.#url = `${url}/control`;
  }

  addFault(rule: Partial<FaultRule> & Pick<FaultRule, 'kind'>): Promise<AskedFault> {
    return this.#ask('POST', '/faults', rule);
  }

  async faults(): Promise<readonly AskedFault[]> {
    const { faults } = await this.#ask<{ faults: AskedFault[] }>('GET', '/faults');
    return faults;
  }

  async removeFault(id: number): Promise<void> {
    await this.#ask('DELETE', `/faults/${id}`);
  }

  async removeFaults(): Promise<void> {
    await this.#ask('DELETE', '/faults');
  }

  async set(settings: Partial<SimulatorSettings>): Promise<void> {
    await this.#ask('PATCH', '/settings', settings);
  }

  /** How unreliably webhooks are sent, as of `PUT /control/webhooks/disorder`. */
  async disorder(disorder: Readonly<Record<string, number>>): Promise<void> {
    await this.#ask('PUT', '/webhooks/disorder', disorder);
  }

  /** Where a gateway's webhooks go, and what it signs them with. */
  async sendWebhooks(provider: GatewayProvider, target: Readonly<Record<string, string>>): Promise<void> {
    await this.#ask('PUT', `/webhooks/${provider}`, target);
  }

  /** Charges, refunds and holds of every payment, or of one. */
  async ledger(intentId?: string): Promise<readonly LedgerPayment[]> {
    const query = intentId === undefined ? '' : `?intentId=${intentId}`;
    const { payments } = await this.#ask<{ payments: LedgerPayment[] }>('GET', `/ledger${query}`);
    return payments;
  }

  /** How many webhooks are neither taken nor given up. */
  async webhooksWaiting(): Promise<number> {
    const { events } = await this.#ask<{ events: { state: string }[] }>('GET', '/webhooks');
    return events.filter(({ state }) => state === 'waiting').length;
  }

  async requests(): Promise<readonly OperationCount[]> {
    const { operations } = await this.#ask<{ operations: OperationCount[] }>('GET', '/requests');
    return operations;
  }

  /** @throws Error on any answer but 200 */
  async #ask<Body>(method: string, path: string, body?: object): Promise<Body> {
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
