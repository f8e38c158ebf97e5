import { expect, test } from '@jest/globals';
import { CIRCUMSTANCES_OF_ATTEMPTS as CIRCUMSTANCES, unknownSubject } from '../testing/attempt-subjects.js';
import { NOW } from '../testing/commands.js';
import { decideNotBooked } from './decide-not-booked.js';
import { type Ending, SUCCEEDED } from './step.js';

const MINUTE = 60_000;
const reason = 'its ids belong to 2 payments';
const notBooked = (ending: Ending) =>
  decideNotBooked(unknownSubject('refund', 1_000), { ending, reason }, CIRCUMSTANCES);

test('what was carried out stays open, with a person, and does not look like what was not', () => {
  expect(notBooked(SUCCEEDED)).toMatchObject({
    kind: 'postpone',
    attempt: {
      state: 'UNKNOWN',
      needsReviewSince: NOW,
      lastError: { type: 'EXECUTED', code: 'ANSWER_NOT_BOOKED', message: reason },
      inquiryError: null,
    },
    dueAt: NOW + 5 * MINUTE,
  });
});

test('what was refused ends as it was refused', () => {
  const error = { type: 'CARD_DECLINED', code: 'no_money', message: null };
  const ending: Ending = { state: 'DECLINED', error, isPointless: false, failOver: null };
  expect(notBooked(ending)).toEqual({ kind: 'end', ending });
});
