import type { PaymentIntentEvent } from '../decision.js';
import type { Command } from './command.js';
import { type CommandDecision, decideCommand } from './decide-command.js';
import type { CommandedPayment } from './gateway-request.js';
import type { Circumstances } from './plan.js';

/** Several commands of one intent, decided in sequence. */
export interface FoldedCommands {
  /** The payment after all of them; undefined if none of them created it. */
  readonly payment: CommandedPayment | undefined;
  /** The payment before them, or as created by one of them. */
  readonly before: CommandedPayment | undefined;
  /** One for each command, in order. */
  readonly decisions: readonly CommandDecision[];
  /** In order of version, without a gap; the first is version 1 if the intent was created here. */
  readonly events: readonly PaymentIntentEvent[];
}

/** Decides a batch of commands. The result does not depend on how commands are divided into batches. */
export function foldCommands(
  payment: CommandedPayment | undefined,
  commands: readonly { readonly command: Command; readonly circumstances: Circumstances }[],
): FoldedCommands {
  let [before, current] = [payment, payment];
  const events: PaymentIntentEvent[] = [];
  const decisions = commands.map(({ command, circumstances }) => {
    const decision = decideCommand(current, command, circumstances);
    if (decision.outcome === 'REJECTED') return decision;
    current = decision.payment;
    before ??= current;
    if (decision.event !== null) events.push(decision.event);
    return decision;
  });
  return { payment: current, before, decisions, events };
}
