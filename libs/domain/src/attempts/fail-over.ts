import type { Fallback } from '../commands/command.js';
import type { JsonValue } from '../facts.js';
import type { GatewayProvider } from '../gateway-provider.js';
import type { CommandId } from '../ids.js';
import type { IntentStatus } from '../statuses.js';
import type { Attempt } from './attempt.js';
import { isOpenMoney } from './attempt.js';
import type { AttemptSubject, GatewayChoice, LegRequest } from './subject.js';

/** A leg at another gateway, and what is asked for on it. */
export interface FailOver extends Fallback {
  readonly create: Pick<LegRequest, 'commandId' | 'notAfter'>;
  /** Null: nobody asked for it yet. */
  readonly confirm: Pick<LegRequest, 'commandId' | 'notAfter' | 'details'> | null;
}

/** On the leg nothing of the payer's is under way, so that nothing can be paid there once it is left. */
const BEFORE_ANY_PAYMENT: readonly IntentStatus[] = [
  'CREATED',
  'REQUIRES_PAYMENT_METHOD',
  'REQUIRES_CONFIRMATION',
];

/**
 * Where to go with an attempt that provably was not executed; null if nowhere. Gateways are tried in the order of
 * their priority, equal ones in the order of the command, each once; disabled ones are passed over.
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
 * Somebody waits for it at a checkout, and elsewhere it would come to the same. A confirmation at Razorpay would
 * not: it only reads what the customer did there, and may have paid.
 */
export function isForCheckout({ operation, provider }: Pick<Attempt, 'operation' | 'provider'>): boolean {
  if (operation === 'create') return true;
  return (operation === 'confirm' || operation === 'authorize') && provider !== 'razorpay';
}

/** The confirmation that was asked for, without what belongs to the gateway that is left. */
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
