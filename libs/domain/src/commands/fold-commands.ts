import type { PaymentIntentEvent } from '../decision.js';
import type { Command } from './command.js';
import { type CommandDecision, decideCommand } from './decide-command.js';
import type { CommandedPayment } from './gateway-request.js';
import type { Circumstances } from './plan.js';

/** Several commands of one intent, decided one after the other. */
export interface FoldedCommands {
  /** As it is after all of them; undefined if none of them created it. */
  readonly payment: CommandedPayment | undefined;
  /** As it was before, or as one of the commands created it. */
  readonly before: CommandedPayment | undefined;
  /** One for each command, in order. */
  readonly decisions: readonly CommandDecision[];
  /** In order of version, without a gap; the first is version 1 if the intent was created here. */
  readonly events: readonly PaymentIntentEvent[];
}

/** Folds the commands of one batch. The same as deciding them in as many batches as one likes. */
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
