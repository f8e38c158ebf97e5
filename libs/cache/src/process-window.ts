/** Whether one more may happen. */
export interface Admission {
  readonly admitted: boolean;
  /** How many more may happen at once. */
  readonly remaining: number;
  /** Milliseconds until one more may happen than may now. */
  readonly resetMs: number;
}

export interface WindowOptions {
  /** Members that a key admits within any span of `windowMs`. */
  readonly limit: number;
  readonly windowMs: number;
  /** Keys remembered at most; past it, the one that was asked for longest ago is forgotten. */
  readonly keysMax: number;
}

/** The limit as one process alone can keep it. */
export class ProcessWindow {
  readonly #options: WindowOptions;
  /** By key, the one asked for last at the end: when each member was admitted, the oldest first. */
  readonly #admitted = new Map<string, Map<string, number>>();

  constructor(options: WindowOptions) {
    this.#options = options;
  }

  /** @param now milliseconds, of any clock that only goes forward. */
  admit(key: string, member: string, now: number): Admission {
    const { limit, windowMs } = this.#options;
    const members = this.#membersOf(key);
    for (const [one, at] of members) if (at <= now - windowMs) members.delete(one);
    const admitted = members.has(member) || members.size < limit;
    if (admitted && !members.has(member)) members.set(member, now);
    const [oldest = now] = members.values();
    return { admitted, remaining: limit - members.size, resetMs: oldest + windowMs - now };
  }

  #membersOf(key: string): Map<string, number> {
    const members = this.#admitted.get(key) ?? new Map<string, number>();
    this.#admitted.delete(key);
    this.#admitted.set(key, members);
    const [longestAgo] = this.#admitted.keys();
    if (this.#admitted.size > this.#options.keysMax && longestAgo !== undefined) {
      this.#admitted.delete(longestAgo);
    }
    return members;
  }
}
