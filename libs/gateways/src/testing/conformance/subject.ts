import type { GatewayOperation, GatewayProvider, PlannedCall } from '@payments/domain';
import type { createGatewayClient } from '../../client/create-gateway-client.js';
import type { GatewayAnswer } from '../../client/gateway-client.js';
import type { TestGateways } from './test-gateways.js';

/** The differences between gateways that matter for testing their clients. */
export interface Subject {
  readonly provider: GatewayProvider;
  settings(apiBase: string, timeoutMs: number): Parameters<typeof createGatewayClient>[0];
  /** Default currency of the payments. */
  readonly currency: string;
  /** The operation that authorizes a payment with manual capture: PayPal has a separate one. */
  readonly hold: Extract<GatewayOperation, 'confirm' | 'authorize'>;
  /** The simulator's names of mutating requests. */
  readonly mutations: Partial<Record<GatewayOperation, string>>;
  /** The simulator's name of the first request of `fetch`. */
  readonly read: string;
  /** The operations whose execution an inquiry can prove at once. */
  readonly provable: readonly GatewayOperation[];
  /** Whether the gateway stores a 500 and repeats it for the key. */
  readonly keepsServerErrors: boolean;
  readonly capturesInPart: boolean;
  /** Acts as the customer before the confirmation. @returns fields of the confirmation's call */
  customerAgrees(gateways: TestGateways, created: GatewayAnswer): Promise<Partial<PlannedCall>>;
  /** Makes the next confirmation decline; null if only the customer learns of declines. @returns fields of its call */
  readonly declineNext: ((gateways: TestGateways) => Partial<PlannedCall>) | null;
  /** Ids of every kind that do not exist at the gateway. */
  readonly unknownIds: readonly string[];
  /** Amounts in ISO 4217 minor units, in currencies with each number of decimals that the gateway supports. */
  readonly amounts: readonly (readonly [amountMinor: bigint, currency: string])[];
  /** An amount that the gateway's decimals cannot represent; null if there is none. */
  readonly impossibleAmount: readonly [amountMinor: bigint, currency: string] | null;
}
