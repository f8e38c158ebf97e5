import { intentJson, type StoredIntent, type TimelineEntry, timelineEntryJson } from '@payments/persistence';
import type { CliContext } from '../../cli-context.js';
import { CliError } from '../../cli-error.js';
import type { OutputOptions } from '../../options.js';
import { errorText } from '../../output/error-text.js';
import { json } from '../../output/json.js';
import { moneyText } from '../../output/money.js';
import { shortened } from '../../output/shortened.js';
import { fields, table } from '../../output/table.js';
import { type FoundIntent, findIntents } from './find-intents.js';
import { timelineText } from './timeline-text.js';

/** `payments intent show`: from Postgres, past the cache. */
export async function showIntents(context: CliContext, id: string, options: OutputOptions): Promise<void> {
  const found = await context.withDatabase((database) => findIntents(database, id));
  if (found.length === 0) {
    const shown = shortened(id);
    throw new CliError(
      'notFound',
      `There is no payment intent ${shown}, and no payment of an order ${shown}.`,
    );
  }
  context.out(options.json ? json({ payments: found.map(foundJson) }) : found.map(foundText).join('\n'));
}

function foundJson({ intent, timeline, isCut }: FoundIntent): object {
  return { ...intentJson(intent), timeline: timeline.map(timelineEntryJson), timelineIsCut: isCut };
}

function foundText({ intent, timeline, isCut }: FoundIntent): string {
  const happened = timeline.length === 0 ? 'Nothing has happened to it yet.\n' : timelineTable(timeline);
  const rest = isCut ? '… and more: see GET /v1/payment-intents/{intentId}/timeline\n' : '';
  return `${intentFields(intent)}\n${happened}${rest}`;
}

function intentFields(intent: StoredIntent): string {
  const { currency, lastError } = intent;
  const text = (amountMinor: bigint): string => moneyText({ amountMinor, currency });
  return fields({
    intent: intent.intentId,
    order: `${intent.orderId}, attempt ${intent.attempt}`,
    customer: intent.customerId,
    status: `${intent.status}, version ${intent.version}`,
    amount: text(intent.amount),
    captured: text(intent.amountCaptured),
    refunded: text(intent.amountRefunded),
    gateway: `${intent.currentGatewayProvider} ${intent.gatewayIntentId ?? '(no object yet)'}`,
    'last error': lastError && errorText(lastError),
    created: intent.createdAt,
    updated: intent.updatedAt,
    expires: intent.expiresAt,
  });
}

function timelineTable(timeline: readonly TimelineEntry[]): string {
  return table(
    ['AT', 'KIND', 'WHAT', 'ID'],
    timeline.map((entry) => [entry.at, entry.kind, timelineText(entry), entry.id]),
  );
}
