/** A map that forgets its oldest entry when it is full, and counts what it forgot. */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #sizeMax: number;
  readonly #onForget: (value: Value, key: Key) => void;
  #forgotten = 0;

  constructor(sizeMax: number, onForget: (value: Value, key: Key) => void = () => {}) {
    this.#sizeMax = sizeMax;
    this.#onForget = onForget;
  }

  get forgotten(): number {
    return this.#forgotten;
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: Key, value: Value): void {
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#sizeMax) return;
    for (const [oldest, dropped] of this.#entries) {
      this.#entries.delete(oldest);
      this.#forgotten++;
      this.#onForget(dropped, oldest);
      return;
    }
  }

  delete(key: Key): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#forgotten = 0;
  }

  /** Oldest first. */
  values(): IterableIterator<Value> {
    return this.#entries.values();
  }

  get size(): number {
    return this.#entries.size;
  }
}
