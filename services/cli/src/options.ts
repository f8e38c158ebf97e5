import { userInfo } from 'node:os';
import { GATEWAY_PROVIDERS, type GatewayProvider, isGatewayProvider } from '@payments/domain';
import { type Command, InvalidArgumentError, Option } from 'commander';

export interface OutputOptions {
  readonly json?: true;
}

/** Options of a command that shows something. */
export function jsonOption(): Option {
  return new Option('--json', 'one JSON document instead of tables');
}

export interface ByOption {
  readonly by: string;
}

/** Options of a command that changes something: who does it. */
export function byOption(): Option {
  const option = new Option('--by <name>', 'who does this, for the audit log').argParser(actorName);
  const user = userName();
  return user === undefined ? option.makeOptionMandatory() : option.default(user);
}

const REASON_LENGTH_MAX = 4_000;

/** A reason, required by commands that change something. */
export function whyOption(flags: string, description: string): Option {
  return new Option(flags, description).makeOptionMandatory().argParser(whyText);
}

/** A number of rows to show. */
export function limitOption(): Option {
  return new Option('--limit <count>', 'show at most so many').default(50).argParser(limit);
}

/** Adds options in the given order. */
export function withOptions(command: Command, ...options: readonly Option[]): Command {
  for (const option of options) command.addOption(option);
  return command;
}

/** @throws InvalidArgumentError */
export function parseProvider(text: string): GatewayProvider {
  if (isGatewayProvider(text)) return text;
  throw new InvalidArgumentError(`It must be one of ${GATEWAY_PROVIDERS.join(', ')}.`);
}

function whyText(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') throw new InvalidArgumentError('Say why: it is kept in the audit log.');
  if (trimmed.length > REASON_LENGTH_MAX) {
    throw new InvalidArgumentError(`It has ${trimmed.length} characters of at most ${REASON_LENGTH_MAX}.`);
  }
  return trimmed;
}

function actorName(text: string): string {
  const trimmed = text.trim();
  if (/^[^\p{Cc}]{1,255}$/u.test(trimmed)) return trimmed;
  throw new InvalidArgumentError('It must have 1 to 255 characters, none of them a control character.');
}

function limit(text: string): number {
  const count = Number(text);
  if (/^\d{1,4}$/.test(text) && count >= 1 && count <= 1_000) return count;
  throw new InvalidArgumentError('It must be a whole number from 1 to 1000.');
}

/** Undefined where the system has no name for its user, as in some containers. */
function userName(): string | undefined {
  try {
    return userInfo().username || undefined;
  } catch {
    return undefined;
  }
}
