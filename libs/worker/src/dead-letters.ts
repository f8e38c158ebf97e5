import { DEAD_LETTER_HEADERS, deadLetterTopicOf } from '@payments/contracts';
import type { BatchingProducer, ConsumedRecord } from '@payments/messaging';

const MESSAGE_CHARS_MAX = 500;

/** Why a record is given up. */
export interface GivenUp {
  readonly code: string;
  readonly error: unknown;
  readonly attempts: number;
  readonly firstFailedAt: number;
}

/** Writes records that this worker gives up to their dead-letter topic: the original bytes, and why. */
export class DeadLetters {
  readonly #producer: BatchingProducer;
  readonly #consumerGroup: string;

  constructor(producer: BatchingProducer, consumerGroup: string) {
    this.#producer = producer;
    this.#consumerGroup = consumerGroup;
  }

  /** Resolves once all in-sync replicas have it. @throws what `BatchingProducer.send` throws. */
  async write(record: ConsumedRecord, why: GivenUp): Promise<void> {
    await this.#producer.send({
      topic: deadLetterTopicOf(record.topic),
      // A keyless record stays with its neighbours rather than with every other keyless one.
      key: record.key ?? Buffer.from(`${record.partition}`),
      value: record.value,
      headers: { ...kept(record.headers), ...this.#headers(record, why) },
    });
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
      [DEAD_LETTER_HEADERS.replayCount]:
        record.headers[DEAD_LETTER_HEADERS.replayCount]?.toString('utf8') ?? '0',
    };
  }
}

function kept(headers: ConsumedRecord['headers']): Record<string, Buffer> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, Buffer] => entry[1] !== undefined),
  );
}
