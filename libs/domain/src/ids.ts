import { v7, validate, version } from 'uuid';

/** A UUIDv7 (RFC 9562) whose first 48 bits are `atMs`, milliseconds since the epoch (now by default). */
export function uuidv7(atMs: number = Date.now()): string {
  return v7({ msecs: atMs });
}

/**
 * The moment inside a UUIDv7, exact to the millisecond: a row's partition follows from its id alone.
 *
 * @throws RangeError if `id` is not a UUIDv7.
 */
export function uuidv7Time(id: string): Date {
  if (!validate(id) || version(id) !== 7) throw new RangeError(`not a UUIDv7: ${id}`);
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}
