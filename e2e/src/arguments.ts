/** Parses a command-line argument as a whole number from 1 to `max`. @throws RangeError that names it */
export function wholeNumber(name: string, given: string, max: number): number {
  const value = Number(given);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new RangeError(`--${name} is a whole number from 1 to ${max}, not ${given}`);
}
