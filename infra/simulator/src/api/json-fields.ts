/** What is wrong with a field: it is not there, or it cannot be meant. */
export type FieldProblem = 'missing' | 'invalid';

/** Makes the error for a field. @param pointer as in RFC 6901: `/purchase_units/0/amount` */
export type FieldRefusal = (pointer: string, problem: FieldProblem, description: string) => Error;

type JsonObject = Readonly<Record<string, unknown>>;

const TEXT_MAX = 2048;

/** Reads a JSON object field by field; what is wrong is said in the words of whoever reads. */
export class JsonFields {
  readonly #object: JsonObject;
  readonly #pointer: string;
  readonly #refuse: FieldRefusal;

  constructor(object: JsonObject, refuse: FieldRefusal, pointer = '') {
    this.#object = object;
    this.#pointer = pointer;
    this.#refuse = refuse;
  }

  /** @param body empty: an object without fields */
  static of(body: Buffer, refuse: FieldRefusal): JsonFields {
    if (body.length === 0) return new JsonFields({}, refuse);
    let value: unknown;
    try {
      value = JSON.parse(body.toString('utf8'));
    } catch {
      throw refuse('', 'invalid', 'the body is not JSON');
    }
    if (!isObject(value)) throw refuse('', 'invalid', 'the body is a JSON object');
    return new JsonFields(value, refuse);
  }

  get names(): readonly string[] {
    return Object.keys(this.#object);
  }

  /** @throws what `refuse` makes, for the first field that is not among `names` */
  only(...names: readonly string[]): void {
    const unknown = this.names.find((name) => !names.includes(name));
    if (unknown !== undefined)
      throw this.problem(unknown, 'invalid', `there is no field ${unknown}: ${names.join(', ')}`);
  }

  problem(name: string, problem: FieldProblem, description: string): Error {
    return this.#refuse(`${this.#pointer}/${name}`, problem, description);
  }

  has(name: string): boolean {
    return this.#value(name) !== undefined;
  }

  text(name: string, { max = TEXT_MAX }: { readonly max?: number } = {}): string | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw this.problem(name, 'invalid', `${name} is text`);
    if (value.length > max) throw this.problem(name, 'invalid', `${name} has at most ${max} characters`);
    return value;
  }

  requiredText(name: string, limits?: { readonly max?: number }): string {
    return this.#required(name, this.text(name, limits));
  }

  oneOf<const Value extends string>(name: string, values: readonly Value[]): Value | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = values.find((one) => one === value);
    if (found === undefined) throw this.problem(name, 'invalid', `${name} is one of ${values.join(', ')}`);
    return found;
  }

  requiredOneOf<const Value extends string>(name: string, values: readonly Value[]): Value {
    return this.#required(name, this.oneOf(name, values));
  }

  boolean(name: string): boolean | undefined {
    const value = this.#value(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.problem(name, 'invalid', `${name} is true or false`);
  }

  number(name: string, { min, max }: { readonly min: number; readonly max: number }): number | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && value >= min && value <= max) return value;
    throw this.problem(name, 'invalid', `${name} is a number from ${min} to ${max}`);
  }

  integer(name: string, range: { readonly min: number; readonly max: number }): number | undefined {
    const value = this.number(name, range);
    if (value === undefined || Number.isInteger(value)) return value;
    throw this.problem(name, 'invalid', `${name} is a whole number`);
  }

  requiredInteger(name: string, range: { readonly min: number; readonly max: number }): number {
    return this.#required(name, this.integer(name, range));
  }

  object(name: string): JsonFields | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (!isObject(value)) throw this.problem(name, 'invalid', `${name} is an object`);
    return new JsonFields(value, this.#refuse, `${this.#pointer}/${name}`);
  }

  requiredObject(name: string): JsonFields {
    return this.#required(name, this.object(name));
  }

  list(name: string): readonly JsonFields[] | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || !value.every(isObject)) {
      throw this.problem(name, 'invalid', `${name} is a list of objects`);
    }
    return value.map((one, index) => new JsonFields(one, this.#refuse, `${this.#pointer}/${name}/${index}`));
  }

  /** Names with text, as notes are; numbers become text. */
  texts(name: string, { keysMax, valueMax }: { readonly keysMax: number; readonly valueMax: number }) {
    const value = this.#value(name);
    // An empty list stands for no notes where a gateway's own SDK writes them.
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return {};
    const entries = isObject(value) ? Object.entries(value) : undefined;
    if (entries === undefined || entries.length > keysMax) {
      throw this.problem(name, 'invalid', `${name} has at most ${keysMax} names with text`);
    }
    const isText = ([, one]: [string, unknown]) =>
      ['string', 'number'].includes(typeof one) && String(one).length <= valueMax;
    if (!entries.every(isText))
      throw this.problem(name, 'invalid', `${name} has text of at most ${valueMax} characters`);
    return Object.fromEntries(entries.map(([key, one]) => [key, String(one)]));
  }

  #value(name: string): unknown {
    const value = Object.hasOwn(this.#object, name) ? this.#object[name] : undefined;
    return value === null ? undefined : value;
  }

  #required<T>(name: string, value: T | undefined): T {
    if (value === undefined) throw this.problem(name, 'missing', `${name} is required`);
    return value;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
