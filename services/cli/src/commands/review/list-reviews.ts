import type { GatewayProvider } from '@payments/domain';
import { readUnknownOutcomes, type UnknownOutcome, unknownOutcomeJson } from '@payments/persistence';
import type { CliContext } from '../../cli-context.js';
import type { OutputOptions } from '../../options.js';
import { age } from '../../output/age.js';
import { json } from '../../output/json.js';
import { moneyText } from '../../output/money.js';
import { table } from '../../output/table.js';
import { verdictText } from './verdict-text.js';

interface ListReviewsOptions extends OutputOptions {
  readonly gateway?: GatewayProvider;
  readonly all?: true;
  readonly limit: number;
}

/** `payments review ls` */
export async function listReviews(context: CliContext, options: ListReviewsOptions): Promise<void> {
  const filter = {
    provider: options.gateway,
    beforeReviewToo: options.all ?? false,
    countMax: options.limit + 1,
  };
  const found = await context.withDatabase(({ primary }) => readUnknownOutcomes(primary, filter));
  const shown = found.slice(0, options.limit);
  const isCut = shown.length < found.length;
  if (options.json) context.out(json({ reviews: shown.map(unknownOutcomeJson), isCut }));
  else context.out(shown.length === 0 ? nothing(options) : text(shown, isCut));
}

function nothing({ all, gateway }: ListReviewsOptions): string {
  const place = gateway === undefined ? '' : ` at ${gateway}`;
  return all ? `No outcome is unknown${place}.\n` : `Nothing waits for a person${place}.\n`;
}

function text(shown: readonly UnknownOutcome[], isCut: boolean): string {
  const rows = table(
    [
      'ATTEMPT',
      'GATEWAY',
      'OPERATION',
      'AMOUNT',
      'ORDER',
      'UNKNOWN FOR',
      'IN REVIEW FOR',
      'LAST ERROR',
      'VERDICT',
    ],
    shown.map((one) => [
      one.attemptId,
      one.provider,
      one.operation,
      amountText(one),
      one.orderId,
      ageText(one.unknownSince),
      ageText(one.needsReviewSince),
      one.lastError?.code,
      verdictText(one),
    ]),
  );
  return isCut ? `${rows}… and more: --limit shows them\n` : rows;
}

function amountText({ amount, intentAmount, currency }: UnknownOutcome): string {
  const amountMinor = amount ?? intentAmount;
  return currency === null || amountMinor === null ? 'archived' : moneyText({ amountMinor, currency });
}

function ageText(sinceMs: number | null): string | null {
  return sinceMs === null ? null : age(new Date(sinceMs));
}
