import { problemResponse, RETRY_AFTER } from '@payments/runtime';

export const UNAVAILABLE = problemResponse(
  'Not stored in time, or too much is queued. Send it again.',
  RETRY_AFTER,
);
