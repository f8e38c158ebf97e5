import { type DatabaseError, databaseErrorOf } from '@payments/persistence';
import { ConfigError } from '@payments/runtime';
import { CommanderError } from 'commander';
import { type CliIo, createContext } from './cli-context.js';
import { CliError, EXIT_CODES } from './cli-error.js';
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
  return { reason: 'failed', message: databaseError ? messageOf(databaseError) : unexpected(error) };
}

function withLocalHint(message: string): string {
  return `${message}\nFor the local stack: eval "$(make -s env)"`;
}

function messageOf({ kind, code, message }: DatabaseError): string {
  if (kind === 'unavailable') {
    return `Postgres at DATABASE_URL does not answer (${code}). Whether a change was made is not known: look, then repeat.`;
  }
  const hint = code === '42P01' ? ' Bring it up to date: node libs/persistence/dist/migrate.js' : '';
  return `Postgres refused (${code}): ${message}.${hint}`;
}

function unexpected(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
