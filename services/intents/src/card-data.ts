import { DEAD_LETTER_HEADERS, type PaymentIntentCommand, type SealKeyring } from '@payments/contracts';
import { containsCardNumber, redactCardNumbers } from '@payments/runtime';
import type { ConsumedRecord, PoisonError } from '@payments/worker';

/**
 * Texts of a command, keys of its metadata included, that hold what looks like a card number. Numbers are left
 * out: they are amounts and times, and one amount in many thousands looks like a card number.
 */
export function cardTexts(command: PaymentIntentCommand): string[] {
  return textsIn(command).filter(containsCardNumber);
}

/** `tracestate` is left out: whoever traces writes it, ids of spans among it, and nothing here passes it on. */
export function holdsCardNumber({ key, headers: { tracestate, ...headers } }: Searched): boolean {
  return [key, ...Object.values(headers)].some(
    (bytes) => bytes !== undefined && bytes !== null && containsCardNumber(bytes.toString('latin1')),
  );
}

type Searched = Pick<ConsumedRecord, 'key' | 'headers'>;

/** The command with its digits removed. */
export function redactCommand(command: PaymentIntentCommand): PaymentIntentCommand {
  return redactIn(command) as PaymentIntentCommand;
}

/** Each of them is looked for in all of the bytes: tens of thousands would keep the thread for minutes. */
const OVERWRITTEN_MAX = 100;

/**
 * The record as its dead letter keeps it: each card number is overwritten in place, so that the value still
 * decodes, and a keyed hash tells what was there. A text that is not found in the bytes takes the whole value
 * with it, and so do more than {@link OVERWRITTEN_MAX} texts.
 */
export function letterWithout(
  record: ConsumedRecord,
  texts: readonly string[],
  keyring: Pick<SealKeyring, 'fingerprint'>,
): PoisonError['letter'] {
  const { key, value, headers } = record;
  const clean = value === null || texts.length > OVERWRITTEN_MAX ? null : overwrite(value, texts);
  const omitted = { [DEAD_LETTER_HEADERS.valueBytes]: Buffer.from(String(value?.length ?? 0)) };
  return {
    key: key === null ? null : redactBytes(key),
    value: clean,
    headers: {
      ...Object.fromEntries(
        Object.entries(headers).map(([name, bytes]) => [redacted(name), bytes && redactBytes(bytes)]),
      ),
      ...(clean === null && omitted),
      [DEAD_LETTER_HEADERS.fingerprint]: Buffer.from(keyring.fingerprint(value ?? Buffer.alloc(0))),
    },
  };
}

function overwrite(value: Buffer, texts: readonly string[]): Buffer | null {
  const clean = Buffer.from(value);
  for (const text of texts) {
    const [found, replacement] = [Buffer.from(text), Buffer.from(redacted(text))];
    let at = clean.indexOf(found);
    if (at < 0 && !clean.includes(replacement)) return null;
    for (; at >= 0; at = clean.indexOf(found, at)) replacement.copy(clean, at);
  }
  return clean;
}

/** As long as before. */
function redacted(text: string): string {
  return redactCardNumbers(text, (start, end) => 'X'.repeat(end - start));
}

function redactBytes(bytes: Buffer): Buffer {
  return Buffer.from(redacted(bytes.toString('latin1')), 'latin1');
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => [key, ...textsIn(one)]);
}

function redactIn(value: unknown): unknown {
  if (typeof value === 'string') return redacted(value);
  if (Array.isArray(value)) return value.map(redactIn);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [redacted(key), redactIn(one)]));
}
