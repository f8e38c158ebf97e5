import * as definitions from 'dinero.js/currencies';

/**
 * Dinero's table follows ISO 4217 in its codes, but counts the ouguiya and the ariary in fifths, as their coins
 * are. ISO 4217 gives both two decimals, and so do the gateways' decimal strings.
 */
const IN_FIFTHS = ['MGA', 'MRU'];

/** Decimals by ISO 4217 code. Metals, test and "no currency" codes are absent: nobody pays with those. */
const EXPONENTS: ReadonlyMap<string, number> = new Map(
  Object.values(definitions).map(({ code, exponent }) => [code, IN_FIFTHS.includes(code) ? 2 : exponent]),
);

/** ISO 4217 codes of currencies in use, in capitals, sorted. */
export const CURRENCIES: readonly string[] = [...EXPONENTS.keys()].sort();

export class UnknownCurrencyError extends Error {
  override readonly name = 'UnknownCurrencyError';

  constructor(currency: string) {
    super(`not an ISO 4217 currency in use: ${JSON.stringify(currency.slice(0, 16))}`);
  }
}

/** Capitals only: gateways that write `usd` are translated where their bodies are read. */
export function isCurrency(value: unknown): value is string {
  return typeof value === 'string' && EXPONENTS.has(value);
}

/**
 * Decimals of a currency by ISO 4217: USD 2, JPY 0, KWD 3. A gateway may count otherwise (PayPal takes HUF
 * without decimals, Stripe MGA): its own table decides there.
 *
 * @throws UnknownCurrencyError
 */
export function currencyExponent(currency: string): number {
  const exponent = EXPONENTS.get(currency);
  if (exponent === undefined) throw new UnknownCurrencyError(currency);
  return exponent;
}
