import { type Database, readTimeline, timelineEntryJson } from '@payments/persistence';
import { readTimelineCursor, timelineCursor } from '../cursor.js';
import { notFound } from '../not-found.js';
import { intentId as id, type ParameterSource, readParameters, wholeNumber } from '../parameters.js';

const LIMIT_MAX = 200;
const LIMIT_DEFAULT = 50;

/** `GET /v1/payment-intents/{intentId}/timeline?limit&cursor`: what happened, the oldest first. */
export async function getTimeline(
  { database }: { readonly database: Pick<Database, 'primary'> },
  source: ParameterSource,
): Promise<string> {
  const query = { limit: wholeNumber(1, LIMIT_MAX), cursor: readTimelineCursor };
  const { intentId, limit = LIMIT_DEFAULT, cursor } = readParameters(source, { intentId: id }, query);
  // One more than wanted tells whether there is another page.
  const options = { countMax: limit + 1, after: cursor };
  const found = await readTimeline(database.primary, intentId, options);
  if (found === undefined) throw notFound('payment intent', intentId);
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return JSON.stringify({
    entries: page.map(timelineEntryJson),
    nextCursor: last ? timelineCursor(last.place) : null,
  });
}
