import { type Random, type SimulatedWebhook, seededRandom } from '@payments/simulator';
import type { LedgerPlan } from './plan.js';

export type LedgerWebhook = SimulatedWebhook<unknown>;

/** Number of payments whose webhooks are shuffled together. */
const WINDOW_PAYMENTS = 400;
/** Share of webhooks that are delivered twice. */
export const DUPLICATED_SHARE = 0.1;
/** Share of deliveries that come one window late, so that payments and duplicates extend over several windows. */
const LATE_SHARE = 0.25;

/** Every webhook of the plan, some twice, shuffled within windows. Equal seeds yield equal deliveries. */
export function* deliveriesOf(plan: LedgerPlan): Generator<LedgerWebhook> {
  const random = seededRandom(plan.seed ^ 0x5bd1e995);
  let late: LedgerWebhook[] = [];
  for (let first = 0; first < plan.payments; first += WINDOW_PAYMENTS) {
    const window = late;
    late = [];
    for (let index = first; index < Math.min(first + WINDOW_PAYMENTS, plan.payments); index += 1) {
      for (const webhook of plan.history(index).webhooks) {
        const copies = random() < DUPLICATED_SHARE ? 2 : 1;
        for (let copy = 0; copy < copies; copy += 1) (random() < LATE_SHARE ? late : window).push(webhook);
      }
    }
    yield* shuffled(window, random);
  }
  yield* shuffled(late, random);
}

/** In place. */
function shuffled<T>(list: T[], random: Random): T[] {
  for (let last = list.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [list[last], list[other]] = [list[other] as T, list[last] as T];
  }
  return list;
}
