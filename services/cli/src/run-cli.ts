import { databaseErrorOf } from '@payments/persistence';
import { ConfigError } from '@payments/runtime';
import { CommanderError } from 'commander';
import { type CliIo, createContext } from './cli-context.js';
import { CliError, EXIT_CODES } from './cli-error.js';
import { databaseFailure } from './database-failure.js';
import { createProgram } from './program.js';

/** Runs one command line, without the program's name. @returns the exit code */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  try {
    await createProgram(createContext(io)).parseAsync([...args], { from: 'user' });
    return EXIT_CODES.ok;
  } catch (error) {
    // Commander has already printed the help, or what is wrong with the arguments.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
    const { reason, message } = failureOf(error);
    io.err(`payments: ${message}\n`);
    return EXIT_CODES[reason];
  }
}

function failureOf(error: unknown): Pick<CliError, 'reason' | 'message'> {
  if (error instanceof CliError) return error;
  if (error instanceof ConfigError) return { reason: 'usage', message: withLocalHint(error.message) };
  const databaseError = databaseErrorOf(error);
  return databaseError ? databaseFailure(databaseError) : { reason: 'failed', message: unexpected(error) };
}

function withLocalHint(message: string): string {
  return `${message}\nFor the local stack: eval "$(make -s env)"`;
}

function unexpected(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
