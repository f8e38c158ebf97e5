import { isCurrency } from '@payments/domain';
import { invalidParameter, missingParameter } from './errors.js';
import type { Form, FormValue } from './form.js';

/** In Stripe's largest amount: eight digits. */
const AMOUNT_MAX = 99_999_999;
const TEXT_MAX = 5000;
const METADATA = { keysMax: 50, keyMax: 40, valueMax: 500 } as const;

/** The parameters of one request, read and refused as Stripe does. */
export class StripeParams {
  readonly #form: Form;

  constructor(form: Form) {
    this.#form = form;
  }

  /** @throws Refusal naming a parameter that is not among `names` */
  only(...names: readonly string[]): void {
    for (const name of Object.keys(this.#form)) {
      if (name === 'expand' || names.includes(name)) continue;
      throw invalidParameter(name, `Received unknown parameter: ${name}`, 'parameter_unknown');
    }
  }

  has(name: string): boolean {
    return this.#form[name] !== undefined;
  }

  text(name: string): string | undefined {
    const value = this.#form[name];
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw invalidParameter(name, `Invalid string: ${name}`);
    if (value === '')
      throw invalidParameter(name, `You passed an empty string for '${name}'.`, 'parameter_invalid_empty');
    if (value.length > TEXT_MAX)
      throw invalidParameter(name, `${name} is longer than ${TEXT_MAX} characters`);
    return value;
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw missingParameter(name);
    return value;
  }

  oneOf<const Value extends string>(name: string, values: readonly Value[]): Value | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = values.find((one) => one === value);
    if (found !== undefined) return found;
    throw invalidParameter(name, `Invalid ${name}: must be one of ${values.join(', ')}`);
  }

  boolean(name: string): boolean | undefined {
    const value = this.oneOf(name, ['true', 'false']);
    return value === undefined ? undefined : value === 'true';
  }

  integer(name: string, { min, max }: { readonly min: number; readonly max: number }): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^-?\d{1,15}$/.test(value) || Number(value) < min) {
      throw invalidParameter(name, `Invalid integer: ${value.slice(0, 64)}`, 'parameter_invalid_integer');
    }
    if (Number(value) > max)
      throw invalidParameter(name, `${name} must be at most ${max}`, 'parameter_invalid_integer');
    return Number(value);
  }

  /** An amount in the sub-units that Stripe counts in. */
  amount(name: string): number | undefined {
    return this.integer(name, { min: 1, max: AMOUNT_MAX });
  }

  /** ISO 4217 in capitals; Stripe writes it small. */
  currency(): string {
    const value = this.requiredText('currency');
    const currency = value.toUpperCase();
    if (isCurrency(currency)) return currency;
    throw invalidParameter('currency', `Invalid currency: ${value.slice(0, 64)}`);
  }

  metadata(): Readonly<Record<string, string>> | undefined {
    const value = this.#form.metadata;
    if (value === undefined) return undefined;
    if (value === '') return {};
    const entries = isObject(value) ? Object.entries(value) : undefined;
    const problem = metadataProblem(entries);
    if (problem !== undefined) throw invalidParameter('metadata', problem);
    return Object.fromEntries(entries as [string, string][]);
  }

  /** `created[gte]` and its like: seconds of the epoch. */
  range(name: string): (seconds: number) => boolean {
    const value = this.#form[name];
    if (value === undefined) return () => true;
    const bounds = new StripeParams(isObject(value) ? value : { equal: value });
    bounds.only('gt', 'gte', 'lt', 'lte', 'equal');
    const at = (bound: string) => bounds.integer(bound, { min: 0, max: Number.MAX_SAFE_INTEGER });
    const [gt, gte, lt, lte, equal] = [at('gt'), at('gte'), at('lt'), at('lte'), at('equal')];
    return (seconds) =>
      (gt === undefined || seconds > gt) &&
      (gte === undefined || seconds >= gte) &&
      (lt === undefined || seconds < lt) &&
      (lte === undefined || seconds <= lte) &&
      (equal === undefined || seconds === equal);
  }

  list(name: string): readonly string[] {
    const value = this.#form[name];
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw invalidParameter(name, `Invalid array`);
    return value.filter((one) => typeof one === 'string');
  }
}

function isObject(value: FormValue): value is Form {
  return typeof value === 'object' && !Array.isArray(value);
}

function metadataProblem(entries: readonly (readonly [string, FormValue])[] | undefined): string | undefined {
  if (entries === undefined) return 'metadata is a set of keys with text';
  if (entries.length > METADATA.keysMax) return `metadata has at most ${METADATA.keysMax} keys`;
  for (const [key, value] of entries) {
    if (typeof value !== 'string') return `metadata[${key}] must be text`;
    if (key.length > METADATA.keyMax) return `a key of metadata has at most ${METADATA.keyMax} characters`;
    if (value.length > METADATA.valueMax)
      return `metadata[${key}] has at most ${METADATA.valueMax} characters`;
  }
  return undefined;
}
