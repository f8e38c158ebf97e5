import { Command, InvalidArgumentError } from 'commander';
import type { CliContext } from '../cli-context.js';
import { jsonOption, withOptions } from '../options.js';
import { showIntents } from './intent/show-intents.js';

/** `payments intent …` */
export function intentCommands(context: CliContext): Command {
  const show = withOptions(new Command('show'), jsonOption())
    .argument('<id>', 'of a payment intent, or of an order', parseId)
    .description("Shows a payment, or all of an order's, with what happened to it, oldest first.")
    .action((id, options) => showIntents(context, id, options));
  return new Command('intent').description('Payment intents.').addCommand(show);
}

function parseId(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('The id is empty.');
}
