import type { GatewayProvider } from '../gateway-provider.js';
import type { CommandId, IntentId } from '../ids.js';
import type { Money } from '../money.js';
import type { CaptureMethod } from '../payment.js';

/** Types of commands. `expire` comes from the pipeline's own timer. */
export const COMMAND_TYPES = ['create', 'confirm', 'capture', 'cancel', 'refund', 'expire'] as const;
export type CommandType = (typeof COMMAND_TYPES)[number];

export function isCommandType(value: unknown): value is CommandType {
  return (COMMAND_TYPES as readonly unknown[]).includes(value);
}

/** Fields of every command. */
export interface CommandOrigin {
  readonly commandId: CommandId;
  readonly intentId: IntentId;
  /** Deadline for its start, in milliseconds since the epoch. */
  readonly notAfter: number | null;
}

/** An alternative gateway, with the payment method there. */
export type Fallback = {
  readonly gatewayProvider: GatewayProvider;
  readonly paymentMethodToken: string | null;
};

export interface CreateCommand extends CommandOrigin {
  readonly type: 'create';
  readonly orderId: string;
  readonly customerId: string;
  readonly provider: GatewayProvider;
  /** From 1; identifies the intent together with order and provider. */
  readonly attempt: number;
  readonly amount: Money;
  readonly captureMethod: CaptureMethod;
  /** Confirm as soon as the gateway allows it. */
  readonly confirm: boolean;
  readonly paymentMethodToken: string | null;
  /** Alternatives, in order, for when the gateway provably cannot be reached. */
  readonly fallbacks: readonly Fallback[];
  /** Allows the order to have more than one live or paid payment. */
  readonly allowAnother: boolean;
  readonly returnUrl: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** When an unpaid intent expires, in milliseconds since the epoch. */
  readonly expiresAt: number | null;
}

export interface ConfirmCommand extends CommandOrigin {
  readonly type: 'confirm';
  readonly paymentMethodToken: string | null;
  /** Razorpay: the payment made in its checkout, and its signature of order and payment. */
  readonly gatewayPaymentId: string | null;
  readonly gatewaySignature: string | null;
  readonly returnUrl: string | null;
}

export interface CaptureCommand extends CommandOrigin {
  readonly type: 'capture';
  /** In minor units; null: all that is authorized. */
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

/** A command on a payment. Its reader has validated its form, its texts and its currency. */
export type Command =
  | CreateCommand
  | ConfirmCommand
  | CaptureCommand
  | CancelCommand
  | RefundCommand
  | ExpireCommand;
