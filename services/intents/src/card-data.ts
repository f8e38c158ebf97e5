import { DEAD_LETTER_HEADERS, type PaymentIntentCommand, type SealKeyring } from '@payments/contracts';
import { containsCardNumber, redactCardNumbers } from '@payments/runtime';
import type { ConsumedRecord, PoisonError } from '@payments/worker';

/**
 * Texts of a command, metadata keys included, that contain a likely card number. Numbers are ignored: they are
 * amounts and times, and one amount in many thousands looks like a card number.
 */
export function cardTexts(command: PaymentIntentCommand): string[] {
  return textsIn(command).filter(containsCardNumber);
}

/** `tracestate` is ignored: it contains the ids of the sender's spans, and nothing here passes it on. */
export function holdsCardNumber({ key, headers: { tracestate, ...headers } }: Searched): boolean {
  return [key, ...Object.values(headers)].some(
    (bytes) => bytes !== undefined && bytes !== null && containsCardNumber(bytes.toString('latin1')),
  );
}

type Searched = Pick<ConsumedRecord, 'key' | 'headers'>;

/** The command with its card numbers redacted. */
export function redactCommand(command: PaymentIntentCommand): PaymentIntentCommand {
  return redactIn(command) as PaymentIntentCommand;
}

/** Each text is searched for in all of the bytes: tens of thousands would block the thread for minutes. */
const OVERWRITTEN_MAX = 100;

/**
 * The record for its dead letter: each card number is overwritten in place, so that the value still decodes, with a
 * keyed hash of the original. The whole value is dropped if a text is not found in the bytes, or if there are more
 * than {@link OVERWRITTEN_MAX} texts.
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

/** Keeps the length. */
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
