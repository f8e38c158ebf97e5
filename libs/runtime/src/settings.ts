/** A setting of a service: its meaning, how its text is parsed, and its default. */
export interface Setting<T> {
  readonly doc: string;
  /** The format of its value, for people: `port`, `URL`, `one of a, b`. */
  readonly form: string;
  readonly required: boolean;
  readonly defaultValue: T | undefined;
  /** The value is never shown, even when it is invalid. */
  readonly secret: boolean;
  /** @throws Error whose message completes "NAME …" and says what to write; it must not show a secret */
  readonly parse: (text: string) => T;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** The result of {@link readConfig}: a value for each setting. */
export type ConfigOf<S> = { readonly [Name in keyof S]: S[Name] extends Setting<infer T> ? T : never };

interface Options<T> {
  readonly doc: string;
  readonly default?: T;
  /** An optional setting without a default is `undefined` when not set. */
  readonly optional?: boolean;
}

interface Range {
  readonly min?: number;
  readonly max?: number;
}

type ValueOf<T, O> = O extends { readonly optional: true } ? T | undefined : T;

function text<O extends Options<string>>(options: O): Setting<ValueOf<string, O>> {
  return define<string, O>(options, 'text', (value) => value);
}

function integer<O extends Options<number> & Range>(options: O): Setting<ValueOf<number, O>> {
  return define<number, O>(options, rangeForm('integer', options), (value) => parseInteger(value, options));
}

/** A duration in milliseconds: a whole number, with the unit in the name. */
function milliseconds<O extends Options<number> & Range>(options: O): Setting<ValueOf<number, O>> {
  const range = { min: 0, ...options };
  return define<number, O>(options, rangeForm('milliseconds', range), (value) => parseInteger(value, range));
}

/** A size in bytes: a whole number. */
function bytes<O extends Options<number> & Range>(options: O): Setting<ValueOf<number, O>> {
  const range = { min: 0, ...options };
  return define<number, O>(options, rangeForm('bytes', range), (value) => parseInteger(value, range));
}

function port<O extends Options<number>>(options: O): Setting<ValueOf<number, O>> {
  return define<number, O>(options, 'port', (value) => parseInteger(value, { min: 0, max: 65_535 }));
}

function boolean<O extends Options<boolean>>(options: O): Setting<ValueOf<boolean, O>> {
  return define<boolean, O>(options, 'true or false', (value) => {
    if (value === 'true') return true;
    if (value === 'false') return false;
    throw new Error('must be true or false');
  });
}

/** Comma-separated strings. */
function list<O extends Options<readonly string[]>>(options: O): Setting<ValueOf<readonly string[], O>> {
  return define<readonly string[], O>(options, 'comma-separated list', parseList);
}

function oneOf<const V extends string, O extends Options<V>>(
  options: O & { readonly values: readonly V[] },
): Setting<ValueOf<V, O>> {
  const choice = `one of ${options.values.join(', ')}`;
  return define<V, O>(options, choice, (value) => {
    const found = options.values.find((one) => one === value);
    if (found === undefined) throw new Error(`must be ${choice}`);
    return found;
  });
}

/** A URL with one of `protocols` (each with its colon). It may contain a password, so it is never shown. */
function url<O extends Options<string>>(
  options: O & { readonly protocols?: readonly string[] },
): Setting<ValueOf<string, O>> {
  const { protocols = ['http:', 'https:'] } = options;
  const form = `URL (${protocols.map((protocol) => `${protocol}//…`).join(' or ')})`;
  const parse = (value: string): string => {
    const parsed = URL.parse(value);
    if (parsed === null || !protocols.includes(parsed.protocol)) throw new Error(`must be a ${form}`);
    return value;
  };
  return { ...define<string, O>(options, form, parse), secret: true };
}

function secret<O extends Omit<Options<string>, 'default'>>(options: O): Setting<ValueOf<string, O>> {
  return { ...define<string, O>(options, 'secret', (value) => value), secret: true };
}

/** Comma-separated secrets, newest first: several at once during a rotation. */
function secretList<O extends Omit<Options<readonly string[]>, 'default'>>(
  options: O,
): Setting<ValueOf<readonly string[], O>> {
  return { ...define<readonly string[], O>(options, 'comma-separated secrets', parseList), secret: true };
}

/** A setting with its own parser; `form` describes the format. */
function parsed<T, O extends Options<T>>(
  options: O & { readonly form: string; readonly secret?: boolean; readonly parse: (text: string) => T },
): Setting<ValueOf<T, O>> {
  return { ...define<T, O>(options, options.form, options.parse), secret: options.secret ?? false };
}

/** Constructors of settings, one per type of value. */
export const setting = {
  text,
  integer,
  milliseconds,
  bytes,
  port,
  boolean,
  list,
  oneOf,
  url,
  secret,
  secretList,
  parsed,
} as const;

function define<T, O extends Options<T>>(
  options: O,
  form: string,
  parse: (text: string) => T,
): Setting<ValueOf<T, O>> {
  return {
    doc: options.doc,
    form,
    required: options.default === undefined && options.optional !== true,
    defaultValue: options.default as ValueOf<T, O> | undefined,
    secret: false,
    parse: parse as (text: string) => ValueOf<T, O>,
  };
}

function parseInteger(value: string, { min, max }: Range): number {
  const number = Number(value);
  if (!/^-?\d+$/.test(value) || !Number.isSafeInteger(number)) throw new Error('must be a whole number');
  if (min !== undefined && number < min) throw new Error(`must be at least ${min}`);
  if (max !== undefined && number > max) throw new Error(`must be at most ${max}`);
  return number;
}

function parseList(value: string): readonly string[] {
  const items = value.split(',').map((item) => item.trim());
  if (items.includes('')) throw new Error('must be a comma-separated list without empty entries');
  return items;
}

function rangeForm(form: string, { min, max }: Range): string {
  if (max !== undefined) return `${form}, ${min ?? '…'} to ${max}`;
  return min === undefined || min === 0 ? form : `${form}, at least ${min}`;
}
