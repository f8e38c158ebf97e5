import type { Fallback } from '../commands/command.js';
import type { CommandedPayment, GatewayRequest } from '../commands/gateway-request.js';
import type { JsonValue } from '../facts.js';
import type { GatewayProvider } from '../gateway-provider.js';
import type { Attempt } from './attempt.js';
import type { AttemptPolicy } from './policy.js';

/** Everything stored that decisions about an attempt depend on, read under the payment's lock. */
export interface AttemptSubject {
  readonly attempt: Attempt;
  readonly payment: CommandedPayment;
  readonly terms: Terms;
  /** Of its own request: token, signature, reason and the like. */
  readonly details: Readonly<Record<string, JsonValue>>;
  /** The open requests of its leg, including its own. */
  readonly requests: readonly LegRequest[];
  /** The intent's other open attempts, on any leg. */
  readonly others: readonly OtherAttempt[];
  readonly order: OrderElsewhere;
  /** By the clock of the database, in milliseconds since the epoch. */
  readonly now: number;
}

/** An open request, with the details that a call on another leg would take over. */
export interface LegRequest extends Pick<GatewayRequest, 'commandId' | 'operation'> {
  readonly details: Readonly<Record<string, JsonValue>>;
  readonly notAfter: number | null;
}

/** Details of the intent's creation that decisions about the payment do not need. */
export interface Terms {
  /** Of the attempt's leg. */
  readonly paymentMethodToken: string | null;
  readonly returnUrl: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** Confirm as soon as the gateway allows it. */
  readonly confirmRequested: boolean;
  /** In the order of the command. */
  readonly fallbacks: readonly Fallback[];
}

export type OtherAttempt = Pick<Attempt, 'attemptId' | 'commandId' | 'leg' | 'operation' | 'state'>;

/** What the order's other intents did or may be doing, except for those explicitly allowed beside one another. */
export interface OrderElsewhere {
  /**
   * One of them was canceled, failed or expired while a call was open that may take or hold the money, while its
   * customer could still pay at the gateway or the gateway was taking the money, and the cancellation there is not
   * confirmed yet, or while its capture is pending at the gateway.
   */
  readonly isOpen: boolean;
  /** One of them took money and has not refunded all of it. */
  readonly isPaid: boolean;
}

/** What decisions depend on besides the subject. */
export interface AttemptCircumstances {
  readonly policy: AttemptPolicy;
  /** From 0 to below 1, drawn anew for each decision. */
  readonly random: number;
  /** Milliseconds that the gateway keeps the operation's key from its first sending; 0 where it has none. */
  readonly keyLifetimeMs: number;
  /** As configured; a missing one counts as disabled. */
  readonly gateways: readonly GatewayChoice[];
}

export interface GatewayChoice {
  readonly provider: GatewayProvider;
  readonly enabled: boolean;
  /** Lower ones are tried first. */
  readonly priority: number;
}
