import { median } from '../median.js';

/** When a payment came to each place on its way, in milliseconds since the epoch; null where it never was. */
export interface Places {
  /** The intent's transaction began. */
  readonly createdAt: number;
  readonly createSentAt: number | null;
  readonly createBookedAt: number | null;
  readonly confirmSentAt: number | null;
  readonly confirmBookedAt: number | null;
}

/** From each place to the next one, from when the command was due; medians in milliseconds. */
export type Hops = Readonly<Partial<Record<keyof Places, number>>>;

const PLACES = [
  'createdAt',
  'createSentAt',
  'createBookedAt',
  'confirmSentAt',
  'confirmBookedAt',
] as const satisfies readonly (keyof Places)[];

const millis = (time: string): string => `(extract(epoch FROM ${time}) * 1000)::float8`;

const timeOf = (operation: string, column: string): string =>
  `${millis(`min(${column}) FILTER (WHERE operation = '${operation}')`)}`;

/** The {@link Places} of each payment. */
export const PLACES_OF_PAYMENTS = `
SELECT intent.id AS payment_intent_id, ${millis('intent.created_at')} AS "createdAt",
  ${timeOf('create', 'first_sent_at')} AS "createSentAt", ${timeOf('create', 'finished_at')} AS "createBookedAt",
  ${timeOf('confirm', 'first_sent_at')} AS "confirmSentAt", ${timeOf('confirm', 'finished_at')} AS "confirmBookedAt"
FROM payment_intents intent JOIN gateway_attempts ON payment_intent_id = intent.id
WHERE order_id = ANY($1) GROUP BY intent.id, intent.created_at`;

/** Of payments at one gateway: a place that none of them was at is left out. */
export function hopsOf(payments: readonly (Places & { readonly dueAt: number })[]): Hops {
  const hops = PLACES.flatMap((place, index): [keyof Places, number][] => {
    const before = PLACES[index - 1];
    const took = payments.flatMap((payment) => {
      const from = before === undefined ? payment.dueAt : payment[before];
      const to = payment[place];
      return from === null || to === null ? [] : [to - from];
    });
    return took.length === 0 ? [] : [[place, median(took)]];
  });
  return Object.fromEntries(hops);
}

/** As `created 12, create sent 9, …`. */
export function hopsLine(hops: Hops): string {
  return PLACES.flatMap((place) => {
    const took = hops[place];
    return took === undefined ? [] : `${wordsOf(place)} ${took.toFixed(0)}`;
  }).join(', ');
}

function wordsOf(place: keyof Places): string {
  return place.replace(/At$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
