import { recordBytesMax } from './record-size.js';
import { QueueFullError, RecordTooLargeError } from './send-errors.js';

export interface SendBoundsOptions {
  readonly queueCountMax: number;
  readonly queueBytesMax: number;
}

/** Limits of what a producer holds, from `send` until it is done with the record. */
export class SendBounds {
  readonly #options: SendBoundsOptions;
  #count = 0;
  #bytes = 0;

  constructor(options: SendBoundsOptions) {
    this.#options = options;
  }

  get held(): { readonly count: number; readonly bytes: number } {
    return { count: this.#count, bytes: this.#bytes };
  }

  /** Why a record of this size cannot be accepted; undefined if it can. */
  refusal(topic: string, bytes: number): Error | undefined {
    const bytesMax = recordBytesMax(topic);
    if (bytes > bytesMax) {
      return new RecordTooLargeError(`${topic}: ${bytes} bytes, ${bytesMax} are the most`);
    }
    const { queueCountMax, queueBytesMax } = this.#options;
    if (this.#count >= queueCountMax) return new QueueFullError(`${this.#count} records wait for the broker`);
    if (this.#bytes + bytes > queueBytesMax) {
      return new QueueFullError(`${this.#bytes} bytes wait for the broker`);
    }
    return undefined;
  }

  add(bytes: number): void {
    this.#count += 1;
    this.#bytes += bytes;
  }

  remove(bytes: number): void {
    this.#count -= 1;
    this.#bytes -= bytes;
  }
}
