/** One document for scripts; amounts as numbers, which no amount is too large for. */
export function json(value: unknown): string {
  const text = JSON.stringify(
    value,
    (_key, one: unknown) => (typeof one === 'bigint' ? Number(one) : one),
    2,
  );
  return `${text}\n`;
}
