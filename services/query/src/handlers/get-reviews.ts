import { readUnknownOutcomes, unknownOutcomeJson } from '@payments/persistence';
import { reviews } from '../answers/attempt.js';
import { readReviewCursor, reviewCursor } from '../cursor.js';
import { endpoint } from '../endpoint.js';
import { pageOf } from '../page.js';
import { cursor, gatewayProvider, limit } from '../parameters.js';

const LIMIT_MAX = 200;
const LIMIT_DEFAULT = 50;

export const getReviews = endpoint({
  path: '/v1/reviews',
  operationId: 'listReviews',
  summary: 'Gateway calls with an unknown outcome that wait for a person, longest unknown first.',
  description: 'A person checks with the gateway and records what happened: `payments review resolve`.',
  pathParameters: {},
  queryParameters: {
    gatewayProvider,
    limit: limit(LIMIT_MAX, LIMIT_DEFAULT),
    cursor: cursor(readReviewCursor),
  },
  answer: reviews,
  handler:
    ({ database }) =>
    async ({ gatewayProvider: provider, limit: countMax = LIMIT_DEFAULT, cursor: after }) => {
      const filter = { provider, after, countMax: countMax + 1 };
      const found = await readUnknownOutcomes(database.primary, filter);
      const { entries, nextCursor } = pageOf(found, countMax, reviewCursor);
      return JSON.stringify({ reviews: entries.map(unknownOutcomeJson), nextCursor });
    },
});
