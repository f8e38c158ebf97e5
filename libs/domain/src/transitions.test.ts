import { describe, expect, test } from '@jest/globals';
import { decide } from './decide.js';
import { evolve } from './evolve.js';
import type { FactOnLeg } from './facts.js';
import { INTENT_STATUSES, type IntentStatus, isEnded } from './statuses.js';
import { fact, PRICE, paymentWith } from './testing/payments.js';
import { compareStatusFacts, STATUS_FACTS, type StatusFact, TRANSITIONS, transition } from './transitions.js';

const declined = { code: 'card_declined', message: null };

/** A fact for every word on the status. */
const facts = {
  requires_payment_method: fact({ kind: 'requires_payment_method' }),
  requires_confirmation: fact({ kind: 'requires_confirmation' }),
  requires_action: fact({ kind: 'requires_action', nextAction: { url: 'https://gateway.example/3ds' } }),
  approved: fact({ kind: 'approved' }),
  processing: fact({ kind: 'processing' }),
  failed_retryable: fact({ kind: 'failed', retryable: true, failure: declined }),
  authorized: fact({ kind: 'authorized', amount: PRICE }),
  failed: fact({ kind: 'failed', retryable: false, failure: declined }),
  canceled: fact({ kind: 'canceled' }),
  captured: fact({ kind: 'captured', amount: PRICE }),
} satisfies Record<StatusFact, FactOnLeg>;

/** Where a payment that is still open goes; written down again so that the table is not its own witness. */
const fromOpen = {
  requires_payment_method: 'REQUIRES_PAYMENT_METHOD',
  requires_confirmation: 'REQUIRES_CONFIRMATION',
  requires_action: 'REQUIRES_ACTION',
  approved: 'REQUIRES_CONFIRMATION',
  processing: 'PROCESSING',
  failed_retryable: 'REQUIRES_PAYMENT_METHOD',
  authorized: 'REQUIRES_CAPTURE',
  failed: 'FAILED',
  canceled: 'CANCELED',
  captured: 'SUCCEEDED',
} as const satisfies Record<StatusFact, IntentStatus>;

const pairs = INTENT_STATUSES.flatMap((status) => STATUS_FACTS.map((word) => [status, word] as const));

describe.each(pairs)('%s, then %s', (status, word) => {
  const before = paymentWith({ status });
  const decision = decide(before, facts[word]);
  const after = evolve(before, decision);

  test('ends where the rules say', () => {
    const stays = status === 'SUCCEEDED' || (isEnded(status) && word !== 'captured');
    expect(after.intent.status).toBe(stays ? status : fromOpen[word]);
  });

  test('does what the table says', () => {
    const to = transition(status, word);
    const recordsMoney = word === 'captured' || word === 'authorized';
    if (to === 'STALE' || to === 'IGNORED') {
      expect(decision.outcome).toBe(recordsMoney ? 'PROCESSED' : to);
      expect(decision.reason).toBe(isEnded(status) ? 'INTENT_ENDED' : 'AFTER_SUCCESS');
      expect(after.legs).toEqual(before.legs);
    } else {
      expect(decision.outcome).toBe('PROCESSED');
      expect(after.intent.status).toBe(to);
      expect(after.legs[0]?.lastStatusFact).toEqual({ fact: word, occurredAt: 100_000 });
    }
  });

  test('counts its money', () => {
    expect(after.intent.amountCaptured).toBe(word === 'captured' ? 1999n : 0n);
    expect(after.intent.amountAuthorized).toBe(word === 'authorized' ? 1999n : 0n);
  });

  test('makes one version if it makes an event, else none', () => {
    const versions = decision.event === null ? 0 : 1;
    expect(after.intent.version).toBe(before.intent.version + versions);
    expect(decision.event?.version ?? after.intent.version).toBe(after.intent.version);
    if (after.intent.status !== before.intent.status) expect(decision.event).not.toBeNull();
  });

  test('is stale if the leg has heard something newer, unless it is captured money', () => {
    const newer = { fact: 'requires_payment_method', occurredAt: 100_001 } as const;
    const late = decide(
      { ...before, legs: before.legs.map((leg) => ({ ...leg, lastStatusFact: newer })) },
      facts[word],
    );
    if (word === 'captured') expect(late.outcome).toBe('PROCESSED');
    else expect(late).toMatchObject({ reason: 'OLDER_THAN_LAST' });
    if (word !== 'captured') expect(late.changes.intent?.status).toBeUndefined();
  });
});

test('open statuses share one row, as the diagram draws them', () => {
  const open = INTENT_STATUSES.filter((status) => status !== 'SUCCEEDED' && !isEnded(status));
  for (const status of open) expect(TRANSITIONS[status]).toEqual(TRANSITIONS.CREATED);
});

test('facts of one second are ordered by rank, and no two are equal', () => {
  const ranked = STATUS_FACTS.map((word) => ({ fact: word, occurredAt: 1 }));
  const sorted = [...ranked].reverse().sort(compareStatusFacts);
  expect(sorted).toEqual(ranked);
});
