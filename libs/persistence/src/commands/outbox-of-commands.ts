import {
  type CommandId,
  deadlineOf,
  type GatewayCall,
  type GatewayProvider,
  type IntentId,
  type IntentRowId,
} from '@payments/domain';
import type { OutboxRow } from '../outbox/append-outbox.js';
import type { DecidedCommand } from './fold-entries.js';

/** Topic of command outcomes; must match the topic catalogue. */
export const COMMAND_OUTCOMES_TOPIC = 'payment.command.outcomes';

/** Topics of gateways' commands; must match the topic catalogue. */
export function gatewayCommandsTopic(provider: GatewayProvider): string {
  return `payment.gateway.commands.${provider}`;
}

/** Records that result from a decided command: its outcome, and the calls that it requests. */
export function outboxOf(decided: DecidedCommand, now: number): OutboxRow[] {
  const { entry, paymentIntentId, intentVersion } = decided;
  const { intentId, headers = {} } = entry;
  const place = {
    // Without an intent there is nothing to keep in order with.
    paymentIntentId: paymentIntentId ?? entry.commandId,
    intentId,
    version: intentVersion ?? 1,
    headers,
  };
  return [
    { ...place, topic: COMMAND_OUTCOMES_TOPIC, payload: outcomeOf(decided, now) },
    ...callsOf(decided, now).map((record) => ({ ...place, ...record })),
  ];
}

function outcomeOf({ entry, rejection, intentVersion }: DecidedCommand, now: number): object {
  const { commandId, type, intentId } = entry;
  return {
    commandId,
    type,
    intentId,
    intentVersion,
    decidedAt: now,
    idReusedAt: null,
    outcome: rejection === null ? 'DONE' : 'REJECTED',
    code: rejection?.code ?? null,
    detail: rejection?.detail ?? null,
  };
}

function callsOf(decided: DecidedCommand, now: number): Pick<OutboxRow, 'topic' | 'payload'>[] {
  const { entry, calls, currency, paymentIntentId } = decided;
  const { commandId, intentId } = entry;
  const origin = { commandId, intentId, paymentIntentId, currency, issuedAt: now };
  return calls.map((call) => gatewayCommandOf(call, { ...origin, notAfter: deadlineOf(call, decided) }));
}

/** The origin of a call. Times in milliseconds since the epoch. */
export interface GatewayCommandOrigin {
  readonly commandId: CommandId;
  readonly intentId: IntentId;
  readonly paymentIntentId: IntentRowId | null;
  readonly currency: string | null;
  readonly issuedAt: number;
  readonly notAfter: number | null;
}

/** The record of a call in its gateway's topic. */
export function gatewayCommandOf(
  { provider, operation, leg, amount }: GatewayCall,
  { commandId, intentId, paymentIntentId, currency, issuedAt, notAfter }: GatewayCommandOrigin,
): Pick<OutboxRow, 'topic' | 'payload'> {
  return {
    topic: gatewayCommandsTopic(provider),
    payload: {
      commandId,
      operation,
      gatewayProvider: provider,
      intentId,
      paymentIntentId,
      leg,
      amount,
      currency,
      issuedAt,
      notAfter,
    },
  };
}
