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

/** A payment to be created. Amounts are in minor units of the currency: 1999 is 19.99 USD or 1999 JPY. */
export interface NewIntent {
  readonly orderId: string;
  readonly customerId: string;
  readonly gatewayProvider: GatewayProvider;
  /** Names another payment of the same order and provider; from 1, which is the default. */
  readonly attempt?: number;
  readonly amount: number;
  /** ISO 4217, three capital letters. */
  readonly currency: string;
  /** Default automatic. */
  readonly captureMethod?: CaptureMethod;
  /** Confirm as soon as the gateway allows it. At Stripe it needs a token, of a fallback as well. */
  readonly confirm?: boolean;
  /** The gateway's token for a payment method; never a card number. */
  readonly paymentMethodToken?: string;
  /** Where to try, in order, when the gateway provably cannot be reached. */
  readonly fallbacks?: readonly {
    readonly gatewayProvider: GatewayProvider;
    readonly paymentMethodToken?: string;
  }[];
  /** Lets the order have more than one live or paid payment. */
  readonly allowAnother?: boolean;
  /** Where the gateway sends the customer back to. */
  readonly returnUrl?: string;
  /** Given back with the intent. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** When an unpaid intent ends as EXPIRED. */
  readonly expiresAt?: Date;
}

/** What is given here stands in place of the creation's. */
export interface Confirmation {
  readonly paymentMethodToken?: string;
  /** Razorpay: the payment that its checkout made. */
  readonly gatewayPaymentId?: string;
  /** Razorpay: its checkout's signature of order and payment, hex. */
  readonly gatewaySignature?: string;
  readonly returnUrl?: string;
}

export interface SendOptions {
  /**
   * A UUID. The same command sent again, by whatever path, has the same; a new one is drawn without it. Another
   * command under an id that was used is dropped: the first one's outcome comes again, with `idReusedAt`.
   */
  readonly commandId?: string;
  /** After this time the command must not be started: it is rejected as COMMAND_EXPIRED. */
  readonly notAfter?: Date;
}

export interface Refund extends SendOptions {
  /**
   * None is drawn here: nothing else tells a refund that is sent again, by a process that died before it heard the end
   * of the first try, from another refund of the same amount.
   */
  readonly commandId: string;
  /** In minor units; all that is left without it. */
  readonly amount?: number;
  /** For people. */
  readonly reason?: string;
}

/** What looks like a card number was about to be sent; nothing was. */
export class CardNumberError extends Error {
  override readonly name = 'CardNumberError';
}

/** The part of a command that its type names. */
export type Content = Pick<PaymentIntentCommand, 'intentId'> &
  Partial<Pick<PaymentIntentCommand, 'create' | 'confirm' | 'capture' | 'cancel' | 'refund'>>;

const NOTHING = { create: null, confirm: null, capture: null, cancel: null, refund: null };

/** @throws RangeError if the command id is no UUID. @throws CardNumberError */
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

/** @throws RangeError if the id is no intent id */
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

/** The amount of a command that may leave it out. @throws RangeError */
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
