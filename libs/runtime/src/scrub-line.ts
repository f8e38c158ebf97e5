import { redactCardNumbers } from './card-numbers.js';

const REDACTED = '[redacted]';

/** Field names whose values are secrets, in any case; `-` and `_` are equivalent. */
const SECRET_FIELDS = [
  'authorization',
  'proxy[-_]authorization',
  'cookie',
  'set[-_]cookie',
  'x[-_]api[-_]key',
  'api[-_]?key',
  'password',
  'pass',
  'secret',
  '[a-z_-]*secrets?',
  '[a-z_-]*password',
  'private[-_]?key',
  'seal[-_]?keys?',
  'access[-_]?token',
  'refresh[-_]?token',
  'signature',
  'stripe[-_]signature',
  'x[-_]razorpay[-_]signature',
  'paypal[-_]transmission[-_]sig',
];

const FIELD = `(?:${SECRET_FIELDS.join('|')})`;
const ARRAY = String.raw`\[[^\]]*\]`;
/** A secret field of the line's own JSON with a string or an array of strings. */
const PLAIN_FIELD = new RegExp(String.raw`("${FIELD}"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|${ARRAY})`, 'gi');
/** The same in a string that is itself JSON, where quotes are \" and backslashes are doubled. */
const QUOTED_FIELD = new RegExp(
  String.raw`(\\"${FIELD}\\"\s*:\s*)(?:\\"(?:[^"\\]|\\\\(?:\\.|[^\\]))*\\"|${ARRAY})`,
  'gi',
);

/** Secrets recognised by their format, anywhere in the line. */
const SECRET_FORMS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\bwhsec_[A-Za-z0-9+/=_-]+/g, `whsec_${REDACTED}`],
  [/\b([sr]k_(?:live|test)_)[A-Za-z0-9]+/g, `$1${REDACTED}`],
  [/\b([Bb]earer)\s+[A-Za-z0-9._~+/=-]{4,}/g, `$1 ${REDACTED}`],
  [/\b([Bb]asic)\s+(?=[a-z]*[A-Z0-9+/])[A-Za-z0-9+/]{8,}={0,2}/g, `$1 ${REDACTED}`],
  // Stripe-Signature: t=…,v1=…
  [/\b(v[01]=)[0-9a-f]{16,}/gi, `$1${REDACTED}`],
  // The password of a URL.
  [/(:\/\/[^:@/\s"\\]*:)[^@/\s"\\]+@/g, `$1${REDACTED}@`],
];

/** Redacts secrets, signatures and card numbers in `line`, a logger's JSON. The result is valid JSON. */
export function scrubLine(line: string): string {
  let scrubbed = line
    .replace(PLAIN_FIELD, `$1"${REDACTED}"`)
    .replace(QUOTED_FIELD, String.raw`$1\"${REDACTED}\"`);
  for (const [pattern, replacement] of SECRET_FORMS) scrubbed = scrubbed.replace(pattern, replacement);
  const withSecretsGone = scrubbed;
  return redactCardNumbers(withSecretsGone, (start, end) =>
    isInsideText(withSecretsGone, start) ? '[card number]' : inPlaceOfDigits(withSecretsGone, start, end),
  );
}

/** Replaces the digits of a JSON number so that the line stays JSON. */
function inPlaceOfDigits(line: string, start: number, end: number): string {
  // Decimals, as in a duration: card numbers have no fraction.
  if (line[start - 1] === '.') return line.slice(start, end);
  // Part of a longer number.
  if (line[start - 1] === '-' || /[.eE]/.test(line[end] ?? '')) return '0';
  return '"[card number]"';
}

/** Whether `index` lies within a JSON string: a number outside of one needs quotes when it is replaced. */
function isInsideText(line: string, index: number): boolean {
  let inside = false;
  for (let at = 0; at < index; at += 1) {
    if (line[at] === '\\') at += 1;
    else if (line[at] === '"') inside = !inside;
  }
  return inside;
}
