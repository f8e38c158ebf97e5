import type { GatewayOperation, GatewayProvider, PlannedCall } from '@payments/domain';
import type { createGatewayClient } from '../../client/create-gateway-client.js';
import type { GatewayAnswer } from '../../client/gateway-client.js';
import type { TestGateways } from './test-gateways.js';

/** What sets one gateway apart from the others, as far as it concerns how a client of it behaves. */
export interface Subject {
  readonly provider: GatewayProvider;
  settings(apiBase: string, timeoutMs: number): Parameters<typeof createGatewayClient>[0];
  /** Of the payments that are made, unless a test is about another. */
  readonly currency: string;
  /** What confirms a payment that is to be captured later: PayPal has a call of its own for a hold. */
  readonly hold: Extract<GatewayOperation, 'confirm' | 'authorize'>;
  /** The simulator's names of the calls that change something at the gateway. */
  readonly mutations: Partial<Record<GatewayOperation, string>>;
  /** The simulator's name of the call that `fetch` begins with. */
  readonly read: string;
  /** The operations that an inquiry can prove to have been carried out, at once. */
  readonly provable: readonly GatewayOperation[];
  /** Whether a 500 is stored, and given again for its key. */
  readonly keepsServerErrors: boolean;
  readonly capturesInPart: boolean;
  /** Does what the customer has to do before a payment can be confirmed. @returns what the confirmation brings */
  customerAgrees(gateways: TestGateways, created: GatewayAnswer): Promise<Partial<PlannedCall>>;
  /** Has the next confirmation declined, by what it brings or at the gateway; null where the customer is told. */
  readonly declineNext: ((gateways: TestGateways) => Partial<PlannedCall>) | null;
  /** Ids of every kind, of which the gateway knows none. */
  readonly unknownIds: readonly string[];
  /** Amounts in ISO 4217 minor units, of currencies with each number of decimals that the gateway takes. */
  readonly amounts: readonly (readonly [amountMinor: bigint, currency: string])[];
  /** An amount that the gateway's own decimals cannot say; null where there is none. */
  readonly impossibleAmount: readonly [amountMinor: bigint, currency: string] | null;
}
