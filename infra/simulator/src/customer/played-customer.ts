import type { GatewayProvider } from '@payments/domain';
import { BoundedMap } from '../bounded-map.js';
import type { SimulatorClock } from '../clock.js';
import type { FaultTable } from '../faults/fault-table.js';
import type { SimulatorSettings } from '../settings.js';

/** What a customer is asked for: to approve an order, to pay one, to authenticate. */
export const CUSTOMER_OPERATIONS = {
  stripe: 'customer.authenticate',
  paypal: 'customer.approve',
  razorpay: 'customer.pay',
} as const satisfies Record<GatewayProvider, string>;

/** How a customer acts: with the reason of the refusal, or undefined who agrees. */
export interface CustomerAct {
  readonly decline: string | undefined;
}

export interface Visit {
  readonly provider: GatewayProvider;
  /** Of the order or payment intent. */
  readonly id: string;
  /** Where the shop wants the customer back. */
  readonly returnUrl: string | undefined;
  /** How much longer than others this customer takes; not at all if left out. */
  readonly thinksMs?: number;
  /** True: the customer may come again, as after a card that was declined. */
  act(act: CustomerAct): boolean;
}

export interface CustomerParts {
  readonly clock: SimulatorClock;
  readonly settings: SimulatorSettings;
  readonly faults: FaultTable;
}

const SLOW_MS = 1000;

/** Plays the customers: each visit that a gateway waits for happens after a delay, or when it is told to. */
export class PlayedCustomer {
  readonly #parts: CustomerParts;
  readonly #visits: BoundedMap<string, Visit>;

  constructor(parts: CustomerParts, visitsMax: number) {
    this.#parts = parts;
    this.#visits = new BoundedMap(visitsMax);
  }

  expect(visit: Visit): void {
    const { clock, settings, faults } = this.#parts;
    this.#visits.set(keyOf(visit.provider, visit.id), visit);
    if (settings.customerMode === 'manual') return;
    const fault = faults.strike(visit.provider, CUSTOMER_OPERATIONS[visit.provider]);
    if (fault?.kind === 'abandon') return;
    const decline = fault?.kind === 'decline' ? (fault.declineCode ?? '') : undefined;
    const slowMs = fault?.kind === 'slow' ? (fault.delayMs ?? SLOW_MS) : 0;
    const delayMs = settings.customerDelayMs + slowMs + (visit.thinksMs ?? 0);
    clock.schedule(delayMs, () => this.act(visit.provider, visit.id, { decline }));
  }

  /** The visit that is waited for. */
  visit(provider: GatewayProvider, id: string): Visit | undefined {
    return this.#visits.get(keyOf(provider, id));
  }

  /** False: nobody waits for this customer. */
  act(provider: GatewayProvider, id: string, act: CustomerAct): boolean {
    const visit = this.visit(provider, id);
    if (visit === undefined) return false;
    this.#visits.delete(keyOf(provider, id));
    if (visit.act(act)) this.#visits.set(keyOf(provider, id), visit);
    return true;
  }

  /** Nobody is waited for any more: the order was paid otherwise, or is gone. */
  dismiss(provider: GatewayProvider, id: string): void {
    this.#visits.delete(keyOf(provider, id));
  }

  clear(): void {
    this.#visits.clear();
  }
}

function keyOf(provider: GatewayProvider, id: string): string {
  return `${provider}:${id}`;
}
