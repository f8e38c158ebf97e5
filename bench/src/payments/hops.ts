import { median } from '../median.js';

/** When a payment reached each stage, in milliseconds since the epoch; null if it did not. */
export interface Stages {
  /** The intent's transaction began. */
  readonly createdAt: number;
  readonly createSentAt: number | null;
  readonly createBookedAt: number | null;
  readonly confirmSentAt: number | null;
  readonly confirmBookedAt: number | null;
}

/** Durations from the previous stage, or for the first from when the command was due; medians in milliseconds. */
export type Hops = Readonly<Partial<Record<keyof Stages, number>>>;

const STAGES = [
  'createdAt',
  'createSentAt',
  'createBookedAt',
  'confirmSentAt',
  'confirmBookedAt',
] as const satisfies readonly (keyof Stages)[];

const millis = (time: string): string => `(extract(epoch FROM ${time}) * 1000)::float8`;

const timeOf = (operation: string, column: string): string =>
  `${millis(`min(${column}) FILTER (WHERE operation = '${operation}')`)}`;

/** The {@link Stages} of each payment. */
export const STAGES_OF_PAYMENTS = `
SELECT intent.id AS payment_intent_id, ${millis('intent.created_at')} AS "createdAt",
  ${timeOf('create', 'first_sent_at')} AS "createSentAt", ${timeOf('create', 'finished_at')} AS "createBookedAt",
  ${timeOf('confirm', 'first_sent_at')} AS "confirmSentAt", ${timeOf('confirm', 'finished_at')} AS "confirmBookedAt"
FROM payment_intents intent JOIN gateway_attempts ON payment_intent_id = intent.id
WHERE order_id = ANY($1) GROUP BY intent.id, intent.created_at`;

/** Of payments at one gateway. A stage that none of them reached is left out. */
export function hopsOf(payments: readonly (Stages & { readonly dueAt: number })[]): Hops {
  const hops = STAGES.flatMap((stage, index): [keyof Stages, number][] => {
    const before = STAGES[index - 1];
    const took = payments.flatMap((payment) => {
      const from = before === undefined ? payment.dueAt : payment[before];
      const to = payment[stage];
      return from === null || to === null ? [] : [to - from];
    });
    return took.length === 0 ? [] : [[stage, median(took)]];
  });
  return Object.fromEntries(hops);
}

/** As `created 12, create sent 9, …`. */
export function hopsLine(hops: Hops): string {
  return STAGES.flatMap((stage) => {
    const took = hops[stage];
    return took === undefined ? [] : `${wordsOf(stage)} ${took.toFixed(0)}`;
  }).join(', ');
}

function wordsOf(stage: keyof Stages): string {
  return stage.replace(/At$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
