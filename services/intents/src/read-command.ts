import type { PaymentIntentCommand, SealKeyring } from '@payments/contracts';
import { type Command, isCommandType, type Rejection } from '@payments/domain';
import type { CommandEntry } from '@payments/persistence';
import { traceOf } from '@payments/runtime';
import { type ConsumedRecord, PoisonError } from '@payments/worker';
import { cardTexts, holdsCardNumber, letterWithout, redactCommand } from './card-data.js';
import { identityOf, readContent } from './read-content.js';
import { requestHashOf } from './request-hash.js';

/** A command as read from its record. */
export interface ReceivedCommand {
  readonly entry: CommandEntry;
  /** Send time in milliseconds since the epoch, by the sender's clock. */
  readonly issuedAt: number;
}

/** A command that contains a card number: what may be reported of it, without the digits. */
export class CardDataError extends PoisonError {
  /** Undefined unless it has a command id and an intent id, both UUIDs. */
  readonly entry: CommandEntry | undefined;

  constructor(entry: CommandEntry | undefined, letter: PoisonError['letter']) {
    super('CARD_DATA', CARD_DATA.detail, { letter });
    this.entry = entry;
  }
}

const CARD_DATA: Rejection = {
  code: 'CARD_DATA',
  detail: "it holds what looks like a card number: send the gateway's token instead",
};
const TYPE_CHARS_MAX = 64;
const SENDER_CHARS_MAX = 255;

/**
 * @throws CardDataError
 * @throws PoisonError if there is no sender to report an outcome to
 */
export function receivedCommand(
  command: PaymentIntentCommand,
  record: ConsumedRecord,
  keyring: Pick<SealKeyring, 'fingerprint'>,
): ReceivedCommand {
  const texts = cardTexts(command);
  if (texts.length > 0 || holdsCardNumber(record)) {
    const entry = entryOf(redactCommand(command), record, () => CARD_DATA);
    throw new CardDataError(entry, letterWithout(record, texts, keyring));
  }
  const entry = entryOf(command, record, (identity) => readContent(command, identity));
  if (entry === undefined) {
    throw new PoisonError(
      'NOT_IDENTIFIED',
      'commandId and intentId have to be UUIDs: nobody can be answered',
    );
  }
  return { entry, issuedAt: command.issuedAt };
}

type Identity = NonNullable<ReturnType<typeof identityOf>>;

function entryOf(
  command: PaymentIntentCommand,
  record: ConsumedRecord,
  read: (identity: Identity) => Command | Rejection,
): CommandEntry | undefined {
  const identity = identityOf(command);
  if (identity === undefined) return undefined;
  const headers = traceOf(record.headers);
  return {
    ...identity,
    type: storable(command.type, TYPE_CHARS_MAX) || 'unknown',
    sender: storable(command.sender, SENDER_CHARS_MAX),
    requestHash: requestHashOf({ ...command, ...identity }),
    receivedAt: Date.now(),
    content: read(identity),
    ...(headers && { headers }),
  };
}

/** Metric label: a sender's own texts would create any number of series. */
export function typeLabel({ type }: Pick<CommandEntry, 'type'>): string {
  return isCommandType(type) ? type : 'unknown';
}

/** Text that Postgres accepts as text and as JSON: without NUL, and without half a surrogate pair at the cut. */
function storable(text: string, charsMax: number): string {
  return text.replaceAll('\0', '').slice(0, charsMax).toWellFormed();
}
