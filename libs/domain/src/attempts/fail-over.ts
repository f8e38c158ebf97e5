import type { Fallback } from '../commands/command.js';
import type { JsonValue } from '../facts.js';
import type { GatewayProvider } from '../gateway-provider.js';
import type { CommandId } from '../ids.js';
import type { IntentStatus } from '../statuses.js';
import type { Attempt } from './attempt.js';
import { isOpenMoney } from './attempt.js';
import type { AttemptSubject, GatewayChoice, LegRequest } from './subject.js';

/** A leg at another gateway, and the operations requested on it. */
export interface FailOver extends Fallback {
  readonly create: Pick<LegRequest, 'commandId' | 'notAfter'>;
  /** Null: not requested yet. */
  readonly confirm: Pick<LegRequest, 'commandId' | 'notAfter' | 'details'> | null;
}

/** Nothing of the payer's is in progress on the leg, so it cannot be paid once it is abandoned. */
const BEFORE_ANY_PAYMENT: readonly IntentStatus[] = [
  'CREATED',
  'REQUIRES_PAYMENT_METHOD',
  'REQUIRES_CONFIRMATION',
];

/**
 * Where an attempt that was provably not executed can fail over to; null if nowhere. Gateways are tried by priority,
 * equal ones in the order of the command, each once; disabled ones are skipped.
 */
export function failOverOf(subject: AttemptSubject, gateways: readonly GatewayChoice[]): FailOver | null {
  const { attempt, payment, others, terms } = subject;
  const { intent, legs } = payment;
  if (!isForCheckout(attempt) || attempt.leg !== intent.currentLeg) return null;
  if (!BEFORE_ANY_PAYMENT.includes(intent.status) || intent.amountCaptured > 0n) return null;
  if (others.some(isOpenMoney)) return null;
  const priorityOf = (provider: GatewayProvider): number | undefined =>
    gateways.find((one) => one.provider === provider && one.enabled)?.priority;
  const [next] = terms.fallbacks
    .filter(({ gatewayProvider }) => legs.every(({ provider }) => provider !== gatewayProvider))
    .flatMap((fallback) => {
      const priority = priorityOf(fallback.gatewayProvider);
      return priority === undefined ? [] : [{ fallback, priority }];
    })
    .toSorted((a, b) => a.priority - b.priority);
  if (next === undefined) return null;
  const { commandId, notAfter } = attempt;
  return { ...next.fallback, create: { commandId, notAfter }, confirm: confirmationIn(subject) };
}

/**
 * A customer waits for it at a checkout, and another gateway would do the same. Not so for a confirmation at
 * Razorpay: it only reads what the customer did there, and may have paid.
 */
export function isForCheckout({ operation, provider }: Pick<Attempt, 'operation' | 'provider'>): boolean {
  if (operation === 'create') return true;
  return (operation === 'confirm' || operation === 'authorize') && provider !== 'razorpay';
}

/** The requested confirmation, without the details that are specific to the abandoned gateway. */
function confirmationIn({ attempt, requests, terms }: AttemptSubject): FailOver['confirm'] {
  const asked = requests.find(({ operation }) => operation === 'confirm' || operation === 'authorize');
  if (asked !== undefined) {
    const { commandId, notAfter, details } = asked;
    return { commandId, notAfter, details: returnUrlIn(details) };
  }
  if (!terms.confirmRequested || !attempt.isOfCreation) return null;
  const { commandId, notAfter }: { commandId: CommandId; notAfter: number | null } = attempt;
  return { commandId, notAfter, details: {} };
}

function returnUrlIn(details: LegRequest['details']): Record<string, JsonValue> {
  const { returnUrl } = details;
  return returnUrl === undefined ? {} : { returnUrl };
}
