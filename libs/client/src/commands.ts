import type { PaymentIntentCommand } from '@payments/contracts';
import {
  AMOUNT_MINOR_MAX,
  asCommandId,
  asIntentId,
  type CaptureMethod,
  type CommandId,
  currencyExponent,
  type GatewayProvider,
  type IntentId,
  intentIdOf,
  uuidv7,
} from '@payments/domain';
import { containsCardNumber } from '@payments/runtime';

/** A payment to create. Amounts are in minor units of the currency: 1999 is 19.99 USD or 1999 JPY. */
export interface NewIntent {
  readonly orderId: string;
  readonly customerId: string;
  readonly gatewayProvider: GatewayProvider;
  /** Distinguishes several payments of one order and provider; from 1, which is the default. */
  readonly attempt?: number;
  readonly amount: number;
  /** ISO 4217, three capital letters. */
  readonly currency: string;
  /** Default: automatic. */
  readonly captureMethod?: CaptureMethod;
  /** Confirm as soon as the gateway allows it. Stripe requires a token for this, as a fallback too. */
  readonly confirm?: boolean;
  /** The gateway's token for a payment method; never a card number. */
  readonly paymentMethodToken?: string;
  /** Alternatives, in order, for when the gateway provably cannot be reached. */
  readonly fallbacks?: readonly {
    readonly gatewayProvider: GatewayProvider;
    readonly paymentMethodToken?: string;
  }[];
  /** Allows the order to have more than one live or paid payment. */
  readonly allowAnother?: boolean;
  /** Where the gateway redirects the customer afterwards. */
  readonly returnUrl?: string;
  /** Returned with the intent. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** When an unpaid intent becomes EXPIRED. */
  readonly expiresAt?: Date;
}

/** Overrides of what the creation gave. */
export interface Confirmation {
  readonly paymentMethodToken?: string;
  /** Razorpay: id of the payment made in its checkout. */
  readonly gatewayPaymentId?: string;
  /** Razorpay: its checkout's signature of order and payment, hex. */
  readonly gatewaySignature?: string;
  readonly returnUrl?: string;
}

export interface SendOptions {
  /**
   * A UUID that makes the command idempotent: resend a command, by whatever path, with the same id. Default: a random
   * one. A different command with a used id is ignored: the first one's outcome is published again, with
   * `idReusedAt`.
   */
  readonly commandId?: string;
  /** Deadline for starting the command: after it the command is rejected as COMMAND_EXPIRED. */
  readonly notAfter?: Date;
}

export interface Refund extends SendOptions {
  /**
   * Required: nothing else distinguishes a refund that is resent, by a process that died before it learned the
   * outcome of the first try, from another refund of the same amount.
   */
  readonly commandId: string;
  /** In minor units; default: all that is left. */
  readonly amount?: number;
  /** For people. */
  readonly reason?: string;
}

/** Something that looks like a card number was about to be sent; nothing was. */
export class CardNumberError extends Error {
  override readonly name = 'CardNumberError';
}

/** The part of a command that its type names. */
export type Content = Pick<PaymentIntentCommand, 'intentId'> &
  Partial<Pick<PaymentIntentCommand, 'create' | 'confirm' | 'capture' | 'cancel' | 'refund'>>;

const NOTHING = { create: null, confirm: null, capture: null, cancel: null, refund: null };

/**
 * @throws RangeError if the command id is not a UUID
 * @throws CardNumberError
 */
export function commandOf(
  sender: string,
  type: string,
  content: Content,
  { commandId = uuidv7(), notAfter }: SendOptions,
): PaymentIntentCommand & { readonly commandId: CommandId } {
  if (containsCardNumber(JSON.stringify(content))) {
    throw new CardNumberError(
      `a ${type} command has what looks like a card number: send the gateway's token`,
    );
  }
  return {
    commandId: asCommandId(commandId),
    type,
    sender,
    issuedAt: Date.now(),
    notAfter: notAfter?.getTime() ?? null,
    ...NOTHING,
    ...content,
  };
}

/** @throws RangeError, UnknownCurrencyError */
export function creationOf(given: NewIntent): Content & { readonly intentId: IntentId } {
  const { orderId, customerId, gatewayProvider, attempt = 1, amount, currency } = given;
  requireAmount(amount);
  currencyExponent(currency);
  return {
    intentId: intentIdOf(orderId, gatewayProvider, attempt),
    create: {
      orderId,
      customerId,
      gatewayProvider,
      attempt,
      amount,
      currency,
      captureMethod: given.captureMethod ?? 'automatic',
      confirm: given.confirm ?? false,
      paymentMethodToken: given.paymentMethodToken ?? null,
      fallbacks: (given.fallbacks ?? []).map((one) => ({
        gatewayProvider: one.gatewayProvider,
        paymentMethodToken: one.paymentMethodToken ?? null,
      })),
      allowAnother: given.allowAnother ?? false,
      returnUrl: given.returnUrl ?? null,
      metadata: given.metadata ?? {},
      expiresAt: given.expiresAt?.getTime() ?? null,
    },
  };
}

/** @throws RangeError if the id is not an intent id */
export function confirmationOf(intentId: string, given: Confirmation): Content {
  return {
    intentId: asIntentId(intentId),
    confirm: {
      paymentMethodToken: given.paymentMethodToken ?? null,
      gatewayPaymentId: given.gatewayPaymentId ?? null,
      gatewaySignature: given.gatewaySignature ?? null,
      returnUrl: given.returnUrl ?? null,
    },
  };
}

/** An optional amount. @throws RangeError */
export function amountOrAll(amount: number | undefined): number | null {
  if (amount === undefined) return null;
  requireAmount(amount);
  return amount;
}

function requireAmount(amount: number): void {
  if (Number.isSafeInteger(amount) && amount >= 1 && amount <= AMOUNT_MINOR_MAX) return;
  const range = `from 1 to ${AMOUNT_MINOR_MAX}`;
  throw new RangeError(`amount must be a whole number of minor units, ${range}: ${amount}`);
}
