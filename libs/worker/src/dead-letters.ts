import { DEAD_LETTER_HEADERS, deadLetterTopicOf } from '@payments/contracts';
import {
  type BatchingProducer,
  type ConsumedRecord,
  type OutgoingRecord,
  RecordTooLargeError,
  SendRefusedError,
} from '@payments/messaging';
import { PoisonError } from './disposition.js';

const MESSAGE_CHARS_MAX = 500;

/** Why a record is dead-lettered. */
export interface GivenUp {
  readonly code: string;
  readonly error: unknown;
  readonly attempts: number;
  readonly firstFailedAt: number;
}

/** Writes records to their dead-letter topic: the original bytes, and the reason. */
export class DeadLetters {
  readonly #producer: Pick<BatchingProducer, 'send'>;
  readonly #consumerGroup: string;

  constructor(producer: Pick<BatchingProducer, 'send'>, consumerGroup: string) {
    this.#producer = producer;
    this.#consumerGroup = consumerGroup;
  }

  /**
   * Resolves once all in-sync replicas have the dead letter. The replacement in a PoisonError takes precedence over
   * the original. A record that is rejected as it is goes without its own headers and, as a last resort, without its
   * value, which remains at its original position.
   *
   * @throws what `BatchingProducer.send` throws, if a retry may succeed
   */
  async write(original: ConsumedRecord, why: GivenUp): Promise<void> {
    const record = why.error instanceof PoisonError ? { ...original, ...why.error.letter } : original;
    const reasons = this.#headers(record, why);
    const whole = {
      topic: deadLetterTopicOf(record.topic),
      // A record without a key stays with its partition rather than with all other records without a key.
      key: record.key ?? Buffer.from(`${record.partition}`),
      value: record.value,
      headers: { ...given(record.headers), ...reasons },
    };
    try {
      await this.#producer.send(whole);
    } catch (error) {
      if (!isLasting(error)) throw error;
      await this.#writeReduced({ ...whole, headers: reasons });
    }
  }

  async #writeReduced(letter: OutgoingRecord): Promise<void> {
    try {
      await this.#producer.send(letter);
    } catch (error) {
      if (!isLasting(error)) throw error;
      const { topic, headers = {} } = letter;
      const omitted = { [DEAD_LETTER_HEADERS.valueBytes]: String(letter.value?.length ?? 0) };
      await this.#producer.send({ topic, key: 'omitted', value: null, headers: { ...headers, ...omitted } });
    }
  }

  #headers(record: ConsumedRecord, why: GivenUp): Record<string, string> {
    const name = why.error instanceof Error ? why.error.name : typeof why.error;
    const message = why.error instanceof Error ? why.error.message : String(why.error);
    return {
      [DEAD_LETTER_HEADERS.originalTopic]: record.topic,
      [DEAD_LETTER_HEADERS.originalPartition]: String(record.partition),
      [DEAD_LETTER_HEADERS.originalOffset]: record.offset,
      [DEAD_LETTER_HEADERS.originalTimestamp]: String(record.timestamp),
      [DEAD_LETTER_HEADERS.consumerGroup]: this.#consumerGroup,
      [DEAD_LETTER_HEADERS.errorClass]: name,
      [DEAD_LETTER_HEADERS.errorCode]: why.code,
      [DEAD_LETTER_HEADERS.errorMessage]: message.slice(0, MESSAGE_CHARS_MAX),
      [DEAD_LETTER_HEADERS.attempts]: String(why.attempts),
      [DEAD_LETTER_HEADERS.firstFailedAt]: new Date(why.firstFailedAt).toISOString(),
      [DEAD_LETTER_HEADERS.replayCount]: replayCountOf(record),
    };
  }
}

/** Whether a retry with the same bytes would fail again. */
function isLasting(error: unknown): boolean {
  return (
    error instanceof RecordTooLargeError ||
    (error instanceof SendRefusedError && error.isForContent) ||
    error instanceof TypeError ||
    error instanceof RangeError
  );
}

/** Untrusted: any producer of the topic can set this header. */
function replayCountOf({ headers }: ConsumedRecord): string {
  const text = headers[DEAD_LETTER_HEADERS.replayCount]?.toString('latin1') ?? '';
  return /^\d{1,4}$/.test(text) ? text : '0';
}

function given(headers: ConsumedRecord['headers']): Record<string, Buffer> {
  const entries = Object.entries(headers).filter(
    (entry): entry is [string, Buffer] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}
