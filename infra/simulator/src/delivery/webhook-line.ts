import type { SimulatorClock } from '../clock.js';

interface HeldBack {
  readonly send: () => void;
  overtakenBy: number;
}

/** How long one that is held back waits for others at most. */
const HELD_BACK_MS_MAX = 2000;

/** The webhooks of one gateway in the order in which they are sent, so many at a time. */
export class WebhookLine {
  readonly #clock: SimulatorClock;
  readonly #ready: (() => Promise<void>)[] = [];
  readonly #heldBack = new Set<HeldBack>();
  #running = 0;
  concurrency: number;

  constructor(clock: SimulatorClock, concurrency: number) {
    this.#clock = clock;
    this.concurrency = concurrency;
  }

  /** Puts a delivery into the line. @param overtakenBy how many later ones go first; 0 for now */
  enter(overtakenBy: number, deliver: () => Promise<void>): void {
    if (overtakenBy === 0) {
      this.#send(deliver);
      this.#letGo();
      return;
    }
    const held: HeldBack = { overtakenBy, send: () => this.#send(deliver) };
    this.#heldBack.add(held);
    this.#clock.schedule(HELD_BACK_MS_MAX, () => this.#release(held));
  }

  clear(): void {
    this.#ready.length = 0;
    this.#heldBack.clear();
  }

  /** One more has gone first. */
  #letGo(): void {
    for (const held of [...this.#heldBack]) {
      held.overtakenBy--;
      if (held.overtakenBy === 0) this.#release(held);
    }
  }

  #release(held: HeldBack): void {
    if (this.#heldBack.delete(held)) held.send();
  }

  #send(deliver: () => Promise<void>): void {
    this.#ready.push(deliver);
    this.#run();
  }

  #run(): void {
    while (this.#running < this.concurrency) {
      const deliver = this.#ready.shift();
      if (deliver === undefined) return;
      this.#running++;
      void deliver().finally(() => {
        this.#running--;
        this.#run();
      });
    }
  }
}
