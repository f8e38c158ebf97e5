import { type SealKeyring, TOPICS } from '@payments/contracts';
import { type AppliedCommands, applyCommands, type EntityManager } from '@payments/persistence';
import {
  type ConsumedRecord,
  type Handler,
  type Message,
  PoisonError,
  type SchemaCodec,
  type TellChanges,
} from '@payments/worker';
import type { IntentsEvents } from '../intents-events.js';
import { CardDataError, type ReceivedCommand, receivedCommand } from '../read-command.js';

export interface ApplyCommandDeps {
  readonly codec: Pick<SchemaCodec, 'decodeThen'>;
  readonly keyring: Pick<SealKeyring, 'fingerprint'>;
  readonly events: IntentsEvents;
  readonly tell: TellChanges;
}

/** Applies commands to payment intents, whole batches per transaction, idempotently. */
export class ApplyCommand implements Handler<ReceivedCommand, AppliedCommands> {
  readonly #deps: ApplyCommandDeps;

  constructor(deps: ApplyCommandDeps) {
    this.#deps = deps;
  }

  load(record: ConsumedRecord): ReceivedCommand | Promise<ReceivedCommand> {
    const { codec, keyring } = this.#deps;
    if (record.value === null) throw new PoisonError('EMPTY', 'the record has no value');
    return codec.decodeThen(TOPICS.intentCommands, record.value, (command) =>
      receivedCommand(command, record, keyring),
    );
  }

  apply(em: EntityManager, messages: readonly Message<ReceivedCommand>[]): Promise<AppliedCommands> {
    return applyCommands(
      em,
      messages.map(({ value }) => value.entry),
      Date.now(),
    );
  }

  async afterCommit(messages: readonly Message<ReceivedCommand>[], applied: AppliedCommands): Promise<void> {
    const { events, tell } = this.#deps;
    events.applied(
      applied,
      messages.map(({ value }) => value),
    );
    await tell(applied);
  }

  /** A command with a card number is dead-lettered without it; its sender still gets an outcome. */
  async refused(em: EntityManager, error: PoisonError): Promise<void> {
    if (!(error instanceof CardDataError) || error.entry === undefined) return;
    const { decided } = await applyCommands(em, [error.entry], Date.now());
    if (decided.length > 0) this.#deps.events.refused(error.entry);
  }
}
