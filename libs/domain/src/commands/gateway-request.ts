import type { JsonValue } from '../facts.js';
import type { GatewayProvider } from '../gateway-provider.js';
import type { CommandId, GatewayOperation } from '../ids.js';
import type { Payment } from '../payment.js';
import type { CommandOrigin } from './command.js';

/** A call to make at a gateway. Command, leg and operation identify it. */
export interface GatewayCall {
  readonly operation: GatewayOperation;
  readonly provider: GatewayProvider;
  readonly leg: number;
  /** In minor units of the intent's currency; null where the operation has none. */
  readonly amount: bigint | null;
  /** For the gateway's worker only: tokens, signatures, reasons. Never in a topic. */
  readonly details: Readonly<Record<string, JsonValue>>;
}

/**
 * Deadline for a call's start: its command's. A cancellation has none: the intent has ended, however late the gateway
 * hears of it, and what was opened there must not be paid any more.
 */
export function deadlineOf(
  { operation }: Pick<GatewayCall, 'operation'>,
  { notAfter }: Pick<CommandOrigin, 'notAfter'>,
): number | null {
  return operation === 'cancel' ? null : notAfter;
}

/** A call requested by a command. Open until the gateway's answer is known, or that the call was never made. */
export interface GatewayRequest extends Pick<GatewayCall, 'operation' | 'leg' | 'amount'> {
  readonly commandId: CommandId;
}

/** A payment with its open requests: everything that decisions about commands depend on. */
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
