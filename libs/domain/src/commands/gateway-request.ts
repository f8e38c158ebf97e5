import type { JsonValue } from '../facts.js';
import type { GatewayProvider } from '../gateway-provider.js';
import type { CommandId, GatewayOperation } from '../ids.js';
import type { Payment } from '../payment.js';

/** A call that is to be made at a gateway. Command, leg and operation name it. */
export interface GatewayCall {
  readonly operation: GatewayOperation;
  readonly provider: GatewayProvider;
  readonly leg: number;
  /** In minor units of the intent's currency; null where the operation has none. */
  readonly amount: bigint | null;
  /** What only the gateway's worker needs: tokens, signatures, reasons. Never in a topic. */
  readonly details: Readonly<Record<string, JsonValue>>;
}

/** A call that a command asked for. It is open until the gateway's answer, or that it was never made, is known. */
export interface GatewayRequest extends Pick<GatewayCall, 'operation' | 'leg' | 'amount'> {
  readonly commandId: CommandId;
}

/** A payment with what is still asked of gateways for it: everything that decisions about commands depend on. */
export interface CommandedPayment extends Payment {
  readonly requests: readonly GatewayRequest[];
}

/** An open request of one of these operations; undefined if there is none. */
export function openRequest(
  { requests }: Pick<CommandedPayment, 'requests'>,
  ...operations: readonly GatewayOperation[]
): GatewayRequest | undefined {
  return requests.find(({ operation }) => operations.includes(operation));
}

/** Details of a call: the fields that are not null. */
export function given(fields: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
