import type { PaymentIntentCommand } from '@payments/contracts';
import {
  asCommandId,
  asIntentId,
  type CaptureMethod,
  COMMAND_BODIES,
  type CommandId,
  type GatewayProvider,
  type IntentId,
  uuidv7,
} from '@payments/domain';
import { type FieldProblem, problemsOfBody } from '@payments/runtime';

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

/** What can be no command was not sent: correct it, and do not resend it. */
export class InvalidCommandError extends Error {
  override readonly name = 'InvalidCommandError';
  /** Each names a field and what is wrong with it, without its value. */
  readonly errors: readonly FieldProblem[];

  constructor(type: CommandType, errors: readonly FieldProblem[]) {
    const problems = errors.map(({ field, problem }) => `${field} ${problem}`);
    super(`invalid ${type} command: ${problems.join('; ')}`);
    this.errors = errors;
  }
}

export type CommandType = keyof typeof COMMAND_BODIES;

/** What a command is about; a creation computes the id of its intent. */
export interface CommandIds {
  readonly intentId?: string;
  readonly commandId?: string | undefined;
}

export type OutgoingCommand = PaymentIntentCommand & {
  readonly commandId: CommandId;
  readonly intentId: IntentId;
};

const NO_COMMAND_ID: FieldProblem = {
  field: 'commandId',
  problem: 'must be a UUID: draw and store one before the command is sent, and resend it with the same',
};
const NO_INTENT_ID: FieldProblem = {
  field: 'intentId',
  problem: 'is no intent id: take it from the answer to createIntent',
};
const NOTHING = { create: null, confirm: null, capture: null, cancel: null, refund: null };

/**
 * @param given the fields of an HTTP body of this type, with dates in place of times
 * @throws InvalidCommandError
 */
export function commandOf(
  sender: string,
  type: CommandType,
  given: object,
  { intentId = '', commandId = uuidv7() }: CommandIds,
): OutgoingCommand {
  const body = withTimes(given);
  const { content, issues } = COMMAND_BODIES[type].read(body);
  const problems = problemsOfBody(body, issues);
  if (content === undefined || problems.length > 0) throw new InvalidCommandError(type, problems);
  const id = idIn(asCommandId, commandId);
  if (id === undefined) throw new InvalidCommandError(type, [NO_COMMAND_ID]);
  const intent = 'intentId' in content ? content.intentId : idIn(asIntentId, intentId);
  if (intent === undefined) throw new InvalidCommandError(type, [NO_INTENT_ID]);
  const origin = { commandId: id, type, sender, issuedAt: Date.now() };
  return { ...origin, ...NOTHING, ...content, intentId: intent };
}

function idIn<Id>(asId: (text: string) => Id, text: string): Id | undefined {
  try {
    return asId(text);
  } catch {
    return undefined;
  }
}

/** Dates as bodies have them. One that is no time becomes text that is no time. */
function withTimes(given: object): object {
  const plain = (value: unknown) => (value instanceof Date ? (value.toJSON() ?? String(value)) : value);
  return Object.fromEntries(Object.entries(given).map(([field, value]) => [field, plain(value)]));
}
