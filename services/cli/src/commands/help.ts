import { Command } from 'commander';
import { CliError } from '../cli-error.js';
import { shortened } from '../output/shortened.js';

/** `payments help …`: of a command at any depth, where Commander's own goes one level deep. */
export function helpCommand(program: Command): Command {
  return new Command('help')
    .argument('[command...]', 'such as gateway set')
    .description('Shows the help of a command.')
    .action((names: readonly string[]) => names.reduce(commandIn, program).outputHelp());
}

function commandIn(group: Command, name: string): Command {
  const found = group.commands.find((command) => command.name() === name);
  if (found !== undefined) return found;
  throw new CliError('usage', `There is no command ${shortened(name)} of ${group.name()}: see --help.`);
}
