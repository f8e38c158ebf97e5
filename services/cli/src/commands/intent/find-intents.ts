import { asIntentId, type IntentId } from '@payments/domain';
import {
  type Database,
  isArchivedIntent,
  readArchivedIntentsOfOrder,
  readIntent,
  readOrderPayments,
  readTimeline,
  type StoredIntent,
  type TimelineEntry,
} from '@payments/persistence';
import { CliError } from '../../cli-error.js';

/** A payment and its history, oldest first. */
export interface FoundIntent {
  readonly intent: StoredIntent;
  readonly timeline: readonly TimelineEntry[];
  /** Whether `timeline` is truncated. */
  readonly isCut: boolean;
}

const INTENTS_COUNT_MAX = 100;
const ENTRIES_COUNT_MAX = 500;

/**
 * The intent of that id, or else the intents of that order, newest first.
 *
 * @throws CliError if the intent, or every intent of the order, is archived
 */
export async function findIntents({ primary }: Database, id: string): Promise<FoundIntent[]> {
  const intentId = intentIdIn(id);
  const intent = intentId && (await readIntent(primary, intentId));
  if (intentId && !intent && (await isArchivedIntent(primary, intentId))) {
    throw new CliError('notFound', `The payment intent ${id} is archived: its row went with its partition.`);
  }
  const intents = intent ? [intent] : await ofOrder(primary, id);
  return Promise.all(intents.map((one) => withTimeline(primary, one)));
}

async function ofOrder(primary: Database['primary'], orderId: string): Promise<StoredIntent[]> {
  const found = await readOrderPayments(primary, orderId, INTENTS_COUNT_MAX);
  if (found.length > 0) return found;
  const archived = await readArchivedIntentsOfOrder(primary, orderId, INTENTS_COUNT_MAX);
  if (archived.length === 0) return [];
  throw new CliError('notFound', `The payments of ${orderId} are archived: ${archived.join(', ')}.`);
}

async function withTimeline(primary: Database['primary'], intent: StoredIntent): Promise<FoundIntent> {
  const entries = await readTimeline(primary, intent.intentId, { countMax: ENTRIES_COUNT_MAX + 1 });
  const timeline = entries?.slice(0, ENTRIES_COUNT_MAX) ?? [];
  return { intent, timeline, isCut: timeline.length < (entries?.length ?? 0) };
}

function intentIdIn(text: string): IntentId | undefined {
  try {
    return asIntentId(text);
  } catch {
    return undefined;
  }
}
