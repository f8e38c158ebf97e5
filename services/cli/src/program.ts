import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { CliContext } from './cli-context.js';
import { auditCommands } from './commands/audit.js';
import { gatewayCommands } from './commands/gateway.js';
import { helpCommand } from './commands/help.js';
import { intentCommands } from './commands/intent.js';
import { reviewCommands } from './commands/review.js';
import { withShortQuotes } from './output/shortened.js';

/** The groups of commands, in the order of `--help`. A new group is one more line here. */
const GROUPS: readonly ((context: CliContext) => Command)[] = [
  reviewCommands,
  gatewayCommands,
  intentCommands,
  auditCommands,
];

const AFTER_HELP = `
Reads DATABASE_URL from the environment, and REDIS_URL, without which workers are slower to follow a change.
For the local stack: eval "$(make -s env)"

Tables are for people; --json gives scripts one JSON document: times in ISO 8601 (UTC), amounts as whole
numbers in minor units of their currency, exact up to 2^53 - 2, which no amount is above.

Exit codes: 0 done, 1 failed and may work later, 2 wrong arguments or environment, 3 not found, 4 refused.`;

/** The command line, wired to a context. Errors are thrown, without exiting. */
export function createProgram(context: CliContext): Command {
  const program = new Command('payments')
    .description('Operates the payment pipeline. Every change is recorded with who made it and why.')
    .version(version(), '--version')
    .addHelpText('after', AFTER_HELP);
  for (const group of GROUPS) program.addCommand(group(context));
  program.helpCommand(false).addCommand(helpCommand(program));
  throwErrors(program, context);
  return program;
}

/** Commander does not pass these settings on to commands that are added as a whole. */
function throwErrors(command: Command, io: Pick<CliContext, 'out' | 'err'>): void {
  command
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      outputError: (message, write) => write(withShortQuotes(message)),
    })
    .showHelpAfterError(`(see: ${nameOf(command)} --help)`);
  for (const one of command.commands) throwErrors(one, io);
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}

function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}
