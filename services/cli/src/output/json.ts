/** One JSON document for scripts; amounts are numbers, which every valid amount fits. */
export function json(value: unknown): string {
  const text = JSON.stringify(
    value,
    (_key, one: unknown) => (typeof one === 'bigint' ? Number(one) : one),
    2,
  );
  return `${text}\n`;
}
