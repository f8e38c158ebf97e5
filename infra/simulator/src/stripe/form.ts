/** A decoded form: text, lists and objects within one another. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue };
export type Form = { [name: string]: FormValue };

export const FORM_FIELDS_MAX = 1000;
const DEPTH_MAX = 6;
const FIELD = /^([^[\]]+)((?:\[[^[\]]*\])*)$/;

export class FormError extends Error {
  override readonly name = 'FormError';
}

/**
 * Decodes `metadata[intentId]=1&expand[]=latest_charge&created[gte]=5` as Stripe's SDKs write it.
 * @throws FormError
 */
export function decodeForm(fields: URLSearchParams): Form {
  const form: Form = Object.create(null);
  let count = 0;
  for (const [field, value] of fields) {
    if (++count > FORM_FIELDS_MAX) throw new FormError(`a form has at most ${FORM_FIELDS_MAX} fields`);
    put(form, pathOf(field), value);
  }
  return listsIn(form) as Form;
}

function pathOf(field: string): string[] {
  const [, name = '', rest = ''] = FIELD.exec(field) ?? [];
  const path = [name, ...Array.from(rest.matchAll(/\[([^[\]]*)\]/g), ([, key = '']) => key)];
  if (name === '' || path.length > DEPTH_MAX)
    throw new FormError(`not the name of a field: ${field.slice(0, 64)}`);
  return path;
}

function put(form: Form, path: readonly string[], value: string): void {
  let at = form;
  for (const [depth, step] of path.entries()) {
    const key = step === '' ? String(Object.keys(at).length) : step;
    if (depth === path.length - 1) {
      at[key] = value;
      return;
    }
    const next = at[key];
    if (next === undefined || typeof next === 'string') at[key] = Object.create(null);
    at = at[key] as Form;
  }
}

/** Objects whose keys count from 0 are lists. */
function listsIn(value: FormValue): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, listsIn(one)] as const);
  const isList = entries.length > 0 && entries.every(([key], index) => key === String(index));
  if (isList) return entries.map(([, one]) => one);
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}
