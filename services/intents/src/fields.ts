import { GATEWAY_PROVIDERS } from '@payments/domain';

/** Size limits of a command's parts; larger ones are INVALID_COMMAND. Characters are UTF-16 units. */
export const COMMAND_LIMITS = {
  /** Order, customer, sender: the width of their columns. */
  nameChars: 255,
  tokenChars: 500,
  reasonChars: 500,
  urlChars: 2_048,
  /** One per other gateway. */
  fallbacks: GATEWAY_PROVIDERS.length - 1,
  metadataEntries: 50,
  metadataKeyChars: 100,
  /** Keys and values of all entries together: they are stored in each row, and in the cache. */
  metadataChars: 32_768,
} as const;

/** The maximum of `Date`. */
const TIME_MAX_MS = 8.64e15;

/** A field of a command is invalid. The message names the field but not its value. */
export class InvalidFieldError extends Error {
  override readonly name = 'InvalidFieldError';

  constructor(path: string, what: string) {
    super(`${path} ${what}`);
  }
}

interface Length {
  readonly min?: number;
  readonly max: number;
}

export function text(path: string, value: string, { min = 1, max }: Length): string {
  if (value.length < min || value.length > max) {
    throw new InvalidFieldError(path, `has ${min} to ${max} characters`);
  }
  // Postgres cannot store this character.
  if (value.includes('\0')) throw new InvalidFieldError(path, 'holds the character NUL: leave it out');
  return value;
}

export function textOrNull(path: string, value: string | null, length: Length): string | null {
  return value === null ? null : text(path, value, length);
}

export function oneOf<Value extends string>(path: string, value: string, values: readonly Value[]): Value {
  const found = values.find((one) => one === value);
  if (found !== undefined) return found;
  throw new InvalidFieldError(path, `is ${values.join(' or ')}`);
}

export function timeOrNull(path: string, value: number | null): number | null {
  if (value === null || (value >= 0 && value <= TIME_MAX_MS)) return value;
  throw new InvalidFieldError(path, 'is a time in milliseconds since the epoch');
}
