/**
 * `values` as a Postgres array literal, for arrays nested in an array: those of unequal length have no other form.
 */
export function arrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
