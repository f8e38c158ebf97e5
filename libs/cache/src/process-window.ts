/** Whether one more may happen. */
export interface Admission {
  readonly admitted: boolean;
  /** How many more are admitted now. */
  readonly remaining: number;
  /** Milliseconds until one more is admitted than now. */
  readonly resetMs: number;
}

export interface WindowOptions {
  /** Members that a key admits within any span of `windowMs`. */
  readonly limit: number;
  readonly windowMs: number;
  /** Limit of keys remembered; beyond it the least recently used one is dropped. */
  readonly keysMax: number;
}

/** The limit as a single process can enforce it. */
export class ProcessWindow {
  readonly #options: WindowOptions;
  /** By key, least recently used first: when each member was admitted, oldest first. */
  readonly #admitted = new Map<string, Map<string, number>>();

  constructor(options: WindowOptions) {
    this.#options = options;
  }

  /** @param now milliseconds of a monotonic clock */
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
