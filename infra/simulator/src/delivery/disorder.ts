import { GATEWAY_PROVIDERS, type GatewayProvider } from '@payments/domain';
import { type Random, seededRandom } from '../random.js';

/** How unreliably webhooks are sent: probabilities from 0 to 1, drawn for each webhook from the seed. */
export interface Disorder {
  readonly seed: number;
  /** Sent twice. */
  readonly duplicate: number;
  /** Held back until one to three later ones of the gateway were sent. */
  readonly reorder: number;
  /** Sent up to `delayMsMax` later. */
  readonly delay: number;
  /** Milliseconds. */
  readonly delayMsMax: number;
  /** Never sent. */
  readonly drop: number;
  /** How many requests of one gateway are under way at a time: 1 keeps the order in which they are sent. */
  readonly concurrency: number;
}

export const ORDERLY: Readonly<Disorder> = {
  seed: 1,
  duplicate: 0,
  reorder: 0,
  delay: 0,
  delayMsMax: 1000,
  drop: 0,
  concurrency: 16,
};

/** What is done with one webhook. */
export interface DeliveryPlan {
  readonly copies: 0 | 1 | 2;
  readonly delayMs: number;
  /** How many later webhooks go first. */
  readonly overtakenBy: number;
}

const OVERTAKEN_MAX = 3;

/** Plans for the webhooks of each gateway in the order in which they come about: the same for the same seed. */
export class DeliveryPlanner {
  readonly #disorder: Disorder;
  readonly #randoms: Readonly<Record<GatewayProvider, Random>>;

  constructor(disorder: Disorder) {
    this.#disorder = disorder;
    const randoms = GATEWAY_PROVIDERS.map((name, index) => [name, seededRandom(disorder.seed * 31 + index)]);
    this.#randoms = Object.fromEntries(randoms) as Record<GatewayProvider, Random>;
  }

  next(provider: GatewayProvider): DeliveryPlan {
    const { drop, duplicate, delay, delayMsMax, reorder } = this.#disorder;
    const random = this.#randoms[provider];
    // Always as many draws, so that one probability does not change what another gives.
    const [dropped, doubled, late, lateness, overtaken, byHowMany] = Array.from({ length: 6 }, random) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return {
      copies: dropped < drop ? 0 : doubled < duplicate ? 2 : 1,
      delayMs: late < delay ? Math.ceil(lateness * delayMsMax) : 0,
      overtakenBy: overtaken < reorder ? 1 + Math.floor(byHowMany * OVERTAKEN_MAX) : 0,
    };
  }
}
