const LENGTH_BYTES = 4;

/** Splits a stream into Kafka's frames: four bytes of length, then that many bytes. */
export class Frames {
  #rest: Buffer = Buffer.alloc(0);

  /** @returns the frames that `bytes` complete, each with its length prefix */
  take(bytes: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const frames: Buffer[] = [];
    while (this.#rest.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + this.#rest.readInt32BE(0);
      if (this.#rest.length < end) break;
      frames.push(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end);
    }
    return frames;
  }
}
