import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

/**
 * Reads the options of a program of this package, all of them whole numbers. `--help` prints `usage` and ends the
 * process with 0; a bad option is named, with `usage`, and ends it with 2.
 *
 * @param parse makes the plan of the program from the options given
 */
export function readArguments<const N extends string, T>(
  usage: string,
  names: readonly N[],
  parse: (given: Readonly<Partial<Record<N, string>>>) => T,
): T {
  try {
    const numbers = names.map((name) => [name, { type: 'string' }] as const);
    const { help, ...given } = parseArgs({
      options: { help: { type: 'boolean' }, ...Object.fromEntries(numbers) },
    }).values;
    if (help !== true) return parse(given as Partial<Record<N, string>>);
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

export const SEED_MAX = 2 ** 31;

/** The seed given, or a random one. @throws RangeError that names it */
export function seedOf({ seed = String(randomInt(1, SEED_MAX)) }: { readonly seed?: string }): number {
  return wholeNumber('seed', seed, SEED_MAX);
}

/** Parses a command-line argument as a whole number from 1 to `max`. @throws RangeError that names it */
export function wholeNumber(name: string, given: string, max: number): number {
  const value = Number(given);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new RangeError(`--${name} is a whole number from 1 to ${max}, not ${given}`);
}
