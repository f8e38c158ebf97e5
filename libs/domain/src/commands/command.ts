import type { GatewayProvider } from '../gateway-provider.js';
import type { CommandId, IntentId } from '../ids.js';
import type { Money } from '../money.js';
import type { CaptureMethod } from '../payment.js';

/** What may be wanted of a payment intent. `expire` comes from a timer of the pipeline's own. */
export const COMMAND_TYPES = ['create', 'confirm', 'capture', 'cancel', 'refund', 'expire'] as const;
export type CommandType = (typeof COMMAND_TYPES)[number];

export function isCommandType(value: unknown): value is CommandType {
  return (COMMAND_TYPES as readonly unknown[]).includes(value);
}

/** What every command says of itself. */
export interface CommandOrigin {
  readonly commandId: CommandId;
  readonly intentId: IntentId;
  /** From then on it must not be begun, in milliseconds since the epoch. */
  readonly notAfter: number | null;
}

/** Another gateway, with the means of payment there. */
export type Fallback = {
  readonly gatewayProvider: GatewayProvider;
  readonly paymentMethodToken: string | null;
};

export interface CreateCommand extends CommandOrigin {
  readonly type: 'create';
  readonly orderId: string;
  readonly customerId: string;
  readonly provider: GatewayProvider;
  /** From 1; names the intent together with order and provider. */
  readonly attempt: number;
  readonly amount: Money;
  readonly captureMethod: CaptureMethod;
  /** Confirm as soon as the gateway allows it. */
  readonly confirm: boolean;
  readonly paymentMethodToken: string | null;
  /** Where to try, in order, when the gateway provably cannot be reached. */
  readonly fallbacks: readonly Fallback[];
  /** Lets the order have more than one live or paid payment. */
  readonly allowAnother: boolean;
  readonly returnUrl: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** When an unpaid intent ends, in milliseconds since the epoch. */
  readonly expiresAt: number | null;
}

export interface ConfirmCommand extends CommandOrigin {
  readonly type: 'confirm';
  readonly paymentMethodToken: string | null;
  /** Razorpay: the payment that its checkout made, and its signature of order and payment. */
  readonly gatewayPaymentId: string | null;
  readonly gatewaySignature: string | null;
  readonly returnUrl: string | null;
}

export interface CaptureCommand extends CommandOrigin {
  readonly type: 'capture';
  /** In minor units; null: all that is held. */
  readonly amount: bigint | null;
}

export interface CancelCommand extends CommandOrigin {
  readonly type: 'cancel';
  readonly reason: string | null;
}

export interface RefundCommand extends CommandOrigin {
  readonly type: 'refund';
  /** In minor units; null: all that is left. */
  readonly amount: bigint | null;
  readonly reason: string | null;
}

export interface ExpireCommand extends CommandOrigin {
  readonly type: 'expire';
}

/** What somebody wants of a payment. Whoever reads one has checked its form, its texts and its currency. */
export type Command =
  | CreateCommand
  | ConfirmCommand
  | CaptureCommand
  | CancelCommand
  | RefundCommand
  | ExpireCommand;
