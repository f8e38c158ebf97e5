import { readTimeline, timelineEntryJson } from '@payments/persistence';
import { timeline } from '../answers/timeline.js';
import { readTimelineCursor, timelineCursor } from '../cursor.js';
import { endpoint } from '../endpoint.js';
import { notFound } from '../missing.js';
import { pageOf } from '../page.js';
import { cursor, intentId, limit } from '../parameters.js';

const LIMIT_MAX = 200;
const LIMIT_DEFAULT = 50;

export const getTimeline = endpoint({
  path: '/v1/payment-intents/{intentId}/timeline',
  operationId: 'getPaymentIntentTimeline',
  summary:
    'What happened to a payment intent, oldest first: commands, gateway calls, webhooks, transactions.',
  description:
    'For an archived intent it shows what is left here; its transactions went to the archive with it.',
  pathParameters: { intentId },
  queryParameters: { limit: limit(LIMIT_MAX, LIMIT_DEFAULT), cursor: cursor(readTimelineCursor) },
  answer: timeline,
  refusals: { 404: 'There is no such intent.' },
  handler:
    ({ database }) =>
    async ({ limit: countMax = LIMIT_DEFAULT, cursor: after, ...of }) => {
      const found = await readTimeline(database.primary, of.intentId, { countMax: countMax + 1, after });
      if (found === undefined) throw notFound('payment intent', of.intentId);
      const { entries, nextCursor } = pageOf(found, countMax, ({ place }) => timelineCursor(place));
      return JSON.stringify({ entries: entries.map(timelineEntryJson), nextCursor });
    },
});
