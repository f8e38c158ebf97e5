import { TOPICS } from '@payments/contracts';
import type { CommandId, IntentId } from '@payments/domain';
import { BatchingProducer, SchemaCodec } from '@payments/messaging';
import {
  type CommandIds,
  type CommandType,
  type Confirmation,
  commandOf,
  type NewIntent,
  type Refund,
  type SendOptions,
} from './commands.js';
import { type ClientOptions, connect } from './connection.js';

/** A command that is stored on all in-sync replicas. */
export interface SentCommand {
  readonly commandId: CommandId;
  readonly intentId: IntentId;
}

/**
 * No acknowledgement before the deadline. The command may be stored: resend it with this command id, which has no
 * effect if it is.
 */
export class CommandNotAcknowledgedError extends Error {
  override readonly name = 'CommandNotAcknowledgedError';
  readonly commandId: CommandId;
  readonly intentId: IntentId;

  constructor({ commandId, intentId }: SentCommand, cause: unknown) {
    super(`command ${commandId} was not acknowledged: send it again with this id`, { cause });
    this.commandId = commandId;
    this.intentId = intentId;
  }
}

const DEADLINE_MS = 10_000;
const CONNECT_TIMEOUT_MS = 30_000;
const QUEUE_COUNT_MAX = 10_000;
const QUEUE_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Sends commands for payment intents. Each resolves once it is stored on all in-sync replicas. Its outcome is
 * published as a CommandOutcome, changes of the intent as PaymentIntentEvents.
 *
 * Every command may reject with CommandNotAcknowledgedError. InvalidCommandError means that it was not sent.
 */
export class PaymentsClient {
  readonly #service: string;
  readonly #codec: SchemaCodec;
  readonly #producer: BatchingProducer;

  private constructor(service: string, codec: SchemaCodec, producer: BatchingProducer) {
    this.#service = service;
    this.#codec = codec;
    this.#producer = producer;
  }

  /**
   * Connects. A broker is waited for, the registry is not: exit on an error, so that a supervisor starts anew, or call
   * it again.
   *
   * @throws NoAnswerError that names the brokers, after `connectTimeoutMs`; the reason of `signal`, if it aborts first
   * @throws RegistryUnavailableError, IncompatibleSchemaError
   * @throws TypeError, RangeError: the options can connect to nothing
   */
  static async connect(
    options: ClientOptions & {
      /** Milliseconds until CommandNotAcknowledgedError (default 10,000). */
      readonly deadlineMs?: number;
      /** Milliseconds in which a broker has to answer (default 30,000). */
      readonly connectTimeoutMs?: number;
    },
    signal?: AbortSignal,
  ): Promise<PaymentsClient> {
    const connection = connect(options);
    const codec = new SchemaCodec(options.registryUrl);
    await codec.register(TOPICS.intentCommands);
    const producer = new BatchingProducer({
      ...connection,
      queueCountMax: QUEUE_COUNT_MAX,
      queueBytesMax: QUEUE_BYTES_MAX,
      deadlineMs: options.deadlineMs ?? DEADLINE_MS,
    });
    const timeout = AbortSignal.timeout(options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
    await producer.start(signal ? AbortSignal.any([signal, timeout]) : timeout);
    return new PaymentsClient(options.service, codec, producer);
  }

  /** Order, provider and attempt determine the intent's id: repeating a creation yields the same intent. */
  createIntent(intent: NewIntent, { commandId, ...options }: SendOptions = {}): Promise<SentCommand> {
    return this.#send('create', { ...intent, ...options }, { commandId });
  }

  confirm(
    intentId: string,
    confirmation: Confirmation = {},
    { commandId, ...options }: SendOptions = {},
  ): Promise<SentCommand> {
    return this.#send('confirm', { ...confirmation, ...options }, { intentId, commandId });
  }

  /** @param amount minor units; default: all that is authorized. The rest of a smaller amount is released. */
  capture(
    intentId: string,
    { commandId, ...capture }: SendOptions & { readonly amount?: number } = {},
  ): Promise<SentCommand> {
    return this.#send('capture', capture, { intentId, commandId });
  }

  /** @param reason for people */
  cancel(
    intentId: string,
    { commandId, ...cancellation }: SendOptions & { readonly reason?: string } = {},
  ): Promise<SentCommand> {
    return this.#send('cancel', cancellation, { intentId, commandId });
  }

  /** Each command id is a refund of its own: generate and store one per refund before sending it. */
  refund(intentId: string, refund: Refund): Promise<SentCommand> {
    // None is drawn for a caller in JavaScript who gives none.
    const { commandId = '', ...given }: Partial<Refund> = { ...refund };
    return this.#send('refund', given, { intentId, commandId });
  }

  /** Flushes pending commands, within their deadlines. */
  close(): Promise<void> {
    return this.#producer.close();
  }

  async #send(type: CommandType, given: object, ids: CommandIds): Promise<SentCommand> {
    const command = commandOf(this.#service, type, given, ids);
    const { commandId, intentId } = command;
    const value = this.#codec.encode(TOPICS.intentCommands, command);
    try {
      await this.#producer.send({ topic: TOPICS.intentCommands.name, key: intentId, value });
    } catch (error) {
      throw new CommandNotAcknowledgedError({ commandId, intentId }, error);
    }
    return { commandId, intentId };
  }
}
