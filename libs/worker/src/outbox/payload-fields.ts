import { AMOUNT_MINOR_MAX } from '@payments/domain';
import { PayloadError } from './outbox-route.js';

const INTEGER_MAX = Number(AMOUNT_MINOR_MAX);

/**
 * Reads typed fields of a JSON object.
 *
 * @throws PayloadError that names the field but not its value: payloads must not be logged
 */
export class PayloadFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(value: unknown, path = '') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new PayloadError(`${path || 'the payload'} is no object`);
    }
    this.#fields = value as Record<string, unknown>;
    this.#path = path;
  }

  text(name: string): string {
    const value = this.#fields[name];
    return typeof value === 'string' ? value : this.#refuse(name, 'is no text');
  }

  textOrNull(name: string): string | null {
    return this.#isNull(name) ? null : this.text(name);
  }

  texts(name: string): string[] {
    const value = this.#fields[name];
    return Array.isArray(value) && value.every((one) => typeof one === 'string')
      ? value
      : this.#refuse(name, 'is no list of texts');
  }

  /**
   * A whole number, or its decimal string, which is how bigints are serialised. Numbers beyond the largest amount,
   * which is also the Avro library's limit, are rejected, not rounded.
   */
  integer(name: string): number {
    const value = this.#fields[name];
    const number = typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number)) return this.#refuse(name, 'is no integer');
    return Math.abs(number) <= INTEGER_MAX ? number : this.#refuse(name, `is beyond ${INTEGER_MAX}`);
  }

  integerOrNull(name: string): number | null {
    return this.#isNull(name) ? null : this.integer(name);
  }

  object(name: string): PayloadFields {
    return new PayloadFields(this.#fields[name], this.#pathOf(name));
  }

  objectOrNull<T>(name: string, read: (fields: PayloadFields) => T): T | null {
    return this.#isNull(name) ? null : read(this.object(name));
  }

  /** Any JSON as text; null if null or absent. */
  json(name: string): string | null {
    return this.#isNull(name) ? null : JSON.stringify(this.#fields[name]);
  }

  #isNull(name: string): boolean {
    return this.#fields[name] === null || this.#fields[name] === undefined;
  }

  #refuse(name: string, why: string): never {
    throw new PayloadError(`${this.#pathOf(name)} ${why}`);
  }

  #pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }
}
