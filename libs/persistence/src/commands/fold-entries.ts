import {
  type Command,
  type CommandDecision,
  type CommandedPayment,
  type FoldedCommands,
  foldCommands,
  type GatewayCall,
  type IntentRowId,
  type Rejection,
} from '@payments/domain';
import type { OutboxHeaders } from '../outbox/append-outbox.js';
import type { LoadedPayment } from '../payments/load-payments.js';
import type { PaymentChange } from '../payments/payment-change.js';
import { type CommandEntry, commandOf } from './command-entry.js';
import type { Creations } from './create-commanded.js';

/** A command with its outcome. */
export interface DecidedCommand {
  readonly entry: CommandEntry;
  /** Null: it is accepted. */
  readonly rejection: Rejection | null;
  /** Null if there is no such intent. */
  readonly paymentIntentId: IntentRowId | null;
  /** The intent's version afterwards. */
  readonly intentVersion: number | null;
  /** Deadline for its start, in milliseconds since the epoch; that of its calls is `deadlineOf`. */
  readonly notAfter: number | null;
  readonly calls: readonly GatewayCall[];
  /** Currency of the intent; null if there is none. */
  readonly currency: string | null;
  /** The command created the intent. */
  readonly creates: boolean;
}

export interface FoldedEntries {
  readonly decided: readonly DecidedCommand[];
  /** Undefined if nothing visible to others changes. */
  readonly change: PaymentChange | undefined;
}

/** The stored state of an intent: its payment, none (yet), or archived. */
export type Subject =
  | { readonly kind: 'loaded'; readonly loaded: LoadedPayment; readonly payment: CommandedPayment }
  | { readonly kind: 'none' }
  | { readonly kind: 'archived' };

/** Decides the commands of one intent in the given order. */
export function foldEntries(
  subject: Subject,
  entries: readonly CommandEntry[],
  { creations, now }: { readonly creations: Creations; readonly now: number },
): FoldedEntries {
  if (subject.kind === 'archived') return { decided: entries.map(archived), change: undefined };
  const commands = entries.flatMap((entry) => commandOf(entry) ?? []);
  const folded = foldCommands(
    subject.kind === 'loaded' ? subject.payment : undefined,
    commands.map((command) => ({ command, circumstances: circumstancesOf(command, creations, now) })),
  );
  const decisions = new Map(commands.map((command, index) => [command, folded.decisions[index]]));
  let current = subject.kind === 'loaded' ? subject.payment : undefined;
  const decided = entries.map((entry) => {
    const command = commandOf(entry);
    const decision = command && decisions.get(command);
    if (decision?.outcome === 'DONE') current = decision.payment;
    return decidedOf(entry, decision, current);
  });
  return { decided, change: changeOf(subject, folded, headersOf(entries, decisions)) };
}

/** The events' headers, by version: those of the command that made each. */
function headersOf(
  entries: readonly CommandEntry[],
  decisions: ReadonlyMap<Command, CommandDecision | undefined>,
): PaymentChange['headers'] {
  const headers = new Map<number, OutboxHeaders>();
  for (const entry of entries) {
    const command = commandOf(entry);
    const decision = command && decisions.get(command);
    const event = decision?.outcome === 'DONE' ? decision.event : null;
    if (event !== null && entry.headers !== undefined) headers.set(event.version, entry.headers);
  }
  return headers;
}

function circumstancesOf(command: Command, { rowIdOf, refused }: Creations, now: number) {
  return { now, rowId: rowIdOf(command.intentId), orderHasAnother: refused.has(command.intentId) };
}

function decidedOf(
  entry: CommandEntry,
  decision: CommandDecision | undefined,
  after: CommandedPayment | undefined,
): DecidedCommand {
  const isDone = decision?.outcome === 'DONE';
  const rejection = decision === undefined ? (entry.content as Rejection) : null;
  return {
    entry,
    rejection: decision?.outcome === 'REJECTED' ? decision.rejection : rejection,
    paymentIntentId: after?.intent.id ?? null,
    intentVersion: after?.intent.version ?? null,
    notAfter: commandOf(entry)?.notAfter ?? null,
    calls: isDone ? decision.calls : [],
    currency: after?.intent.currency ?? null,
    creates: isDone && decision.creates,
  };
}

function archived(entry: CommandEntry): DecidedCommand {
  const rejection: Rejection = {
    code: 'INTENT_NOT_FOUND',
    detail: 'the intent is archived: ask an operator',
  };
  return {
    entry,
    rejection,
    paymentIntentId: null,
    intentVersion: null,
    notAfter: null,
    calls: [],
    currency: null,
    creates: false,
  };
}

function changeOf(
  subject: Subject,
  { payment, before, events }: FoldedCommands,
  headers: PaymentChange['headers'],
): PaymentChange | undefined {
  if (payment === undefined || before === undefined || events.length === 0) return undefined;
  const loaded =
    subject.kind === 'loaded' ? subject.loaded : { payment: before, transactionIds: new Map<never, never>() };
  return {
    before: loaded,
    folded: {
      payment,
      events,
      decisions: [],
      legs: [],
      transactions: [],
      alerts: [],
      abandonedLegs: [],
      intentChanged: payment.intent !== before.intent,
    },
    sources: new Map(),
    headers,
  };
}
