/** Digits, possibly in groups joined by single spaces or dashes. Bounded: longer runs are not card numbers. */
const DIGIT_RUN = /\d(?:[ -]?\d){11,}/g;
/**
 * UUIDs, W3C trace contexts, ids of 24 digits (MongoDB's) and digests: one in thousands would pass for a card number.
 */
const IDENTIFIER =
  /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}|[0-9a-f]{24,}/gi;
const DIGITS_MIN = 12;
const DIGITS_MAX = 19;

interface Issuer {
  readonly prefix: RegExp;
  readonly lengths: readonly number[];
}

const SIXTEEN_TO_NINETEEN = [16, 17, 18, 19];

/** Prefixes and lengths of ISO/IEC 7812 as published by the card networks. */
const ISSUERS: readonly Issuer[] = [
  { prefix: /^4/, lengths: [13, 16, 19] }, // Visa
  { prefix: /^5[1-5]/, lengths: [16] }, // Mastercard
  { prefix: /^2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)/, lengths: [16] }, // Mastercard, 2221 to 2720
  { prefix: /^3[47]/, lengths: [15] }, // American Express
  { prefix: /^3(?:0[0-5]|095|[689])/, lengths: [14, 15, 16, 17, 18, 19] }, // Diners Club
  { prefix: /^35(?:2[89]|[3-8])/, lengths: SIXTEEN_TO_NINETEEN }, // JCB, 3528 to 3589
  { prefix: /^6(?:011|4[4-9]|5)/, lengths: SIXTEEN_TO_NINETEEN }, // Discover
  { prefix: /^62/, lengths: SIXTEEN_TO_NINETEEN }, // UnionPay
  { prefix: /^(?:60|81|82|508)/, lengths: [16] }, // RuPay
  { prefix: /^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, lengths: [12, 13, 14, 15, 16, 17, 18, 19] }, // Maestro
];

/**
 * Whether `text` contains a likely card number: an issuer's prefix and length with a valid Luhn check digit, its
 * digits together or in groups joined by spaces or dashes. UUIDs, values of `traceparent` and hexadecimal ids and
 * digests of 24 digits or more are ignored.
 */
export function containsCardNumber(text: string): boolean {
  return findCardNumbers(text).length > 0;
}

/** Replaces each card number in `text`, by `[card number]` by default. */
export function redactCardNumbers(
  text: string,
  replacement: (start: number, end: number) => string = () => '[card number]',
): string {
  let redacted = '';
  let copied = 0;
  for (const [start, end] of findCardNumbers(text)) {
    redacted += text.slice(copied, start) + replacement(start, end);
    copied = end;
  }
  return copied === 0 ? text : redacted + text.slice(copied);
}

type Span = readonly [start: number, end: number];

function findCardNumbers(text: string): Span[] {
  const found: Span[] = [];
  if (text.search(DIGIT_RUN) < 0) return found;
  const withoutIdentifiers = text.replace(IDENTIFIER, (identifier) => 'x'.repeat(identifier.length));
  for (const run of withoutIdentifiers.matchAll(DIGIT_RUN)) findInRun(run[0], run.index, found);
  return found;
}

/** A run may be a date followed by a card number: every sequence of whole groups is checked. */
function findInRun(run: string, offset: number, found: Span[]): void {
  const groups = Array.from(run.matchAll(/\d+/g), (group) => ({ digits: group[0], at: group.index }));
  for (let first = 0; first < groups.length; first += 1) {
    let digits = '';
    for (let last = first; last < groups.length && digits.length < DIGITS_MAX; last += 1) {
      const group = groups[last];
      digits += group?.digits ?? '';
      if (!isCardNumber(digits)) continue;
      const start = offset + (groups[first]?.at ?? 0);
      found.push([start, offset + (group?.at ?? 0) + (group?.digits.length ?? 0)]);
      first = last;
      break;
    }
  }
}

function isCardNumber(digits: string): boolean {
  const { length } = digits;
  if (length < DIGITS_MIN || length > DIGITS_MAX) return false;
  if (!ISSUERS.some((issuer) => issuer.lengths.includes(length) && issuer.prefix.test(digits))) return false;
  return passesLuhn(digits);
}

/** ISO/IEC 7812-1, annex B. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const weighted = i % 2 === 0 ? digit : digit * 2;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}
