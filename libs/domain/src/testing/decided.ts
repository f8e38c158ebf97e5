import type { Command } from '../commands/command.js';
import { type AcceptedCommand, decideCommand } from '../commands/decide-command.js';
import type { CommandedPayment } from '../commands/gateway-request.js';
import { decideAll } from '../decide-all.js';
import { asked, CIRCUMSTANCES } from './commands.js';
import { fact, PRICE, paymentWith } from './payments.js';

export const decideOn = (payment: CommandedPayment | undefined, one: Command) =>
  decideCommand(payment, one, CIRCUMSTANCES);

export function accepted(payment: CommandedPayment | undefined, one: Command): AcceptedCommand {
  const decision = decideOn(payment, one);
  if (decision.outcome !== 'DONE') throw new Error(`rejected: ${decision.rejection.code}`);
  return decision;
}

export function codeOf(payment: CommandedPayment | undefined, one: Command): string {
  const decision = decideOn(payment, one);
  return decision.outcome === 'DONE' ? 'DONE' : decision.rejection.code;
}

export const held = (
  over: Parameters<typeof paymentWith>[0] = {},
  providers?: Parameters<typeof paymentWith>[1],
) => {
  const provider = providers?.[0] ?? 'stripe';
  const payment = paymentWith({ captureMethod: 'manual', ...over }, providers);
  return asked(decideAll(payment, [fact({ kind: 'authorized', amount: PRICE, provider })]).payment);
};

export const paid = (amount = PRICE) =>
  asked(decideAll(paymentWith(), [fact({ kind: 'captured', amount })]).payment);
