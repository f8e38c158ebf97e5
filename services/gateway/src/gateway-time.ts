import type { Attempt } from '@payments/domain';

const COUNT_MAX = 10_000;

type Place = Pick<Attempt, 'commandId' | 'leg'>;

/** How long the gateway took for the calls of a command on a leg, as far as this process made them. */
export class GatewayTime {
  readonly #spent = new Map<string, number>();

  add(place: Place, ms: number): void {
    const key = keyOf(place);
    const before = this.#spent.get(key) ?? 0;
    // Moved to the end: the oldest entries are evicted first.
    this.#spent.delete(key);
    this.#spent.set(key, before + ms);
    const [oldest] = this.#spent.keys();
    if (this.#spent.size > COUNT_MAX && oldest !== undefined) this.#spent.delete(oldest);
  }

  /** In milliseconds. */
  of(place: Place): number {
    return this.#spent.get(keyOf(place)) ?? 0;
  }
}

function keyOf({ commandId, leg }: Place): string {
  return `${commandId}/${leg}`;
}
