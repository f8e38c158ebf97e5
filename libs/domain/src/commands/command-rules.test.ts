import { describe, expect, test } from '@jest/globals';
import { decideAll } from '../decide-all.js';
import type { FactOnLeg } from '../facts.js';
import { INTENT_STATUSES, type IntentStatus } from '../statuses.js';
import { asked, CIRCUMSTANCES, command, NOW } from '../testing/commands.js';
import { fact, PRICE, paymentWith } from '../testing/payments.js';
import { COMMAND_TYPES, type CommandType } from './command.js';
import { EXPIRABLE_STATUSES } from './command-rules.js';
import { decideCommand } from './decide-command.js';

/** Money as it is in each status: held where it can be captured, captured where it can be refunded. */
const FACTS: Partial<Record<IntentStatus, FactOnLeg>> = {
  REQUIRES_CAPTURE: fact({ kind: 'authorized', amount: PRICE }),
  SUCCEEDED: fact({ kind: 'captured', amount: PRICE }),
};

function paymentIn(status: IntentStatus) {
  const due = { status, expiresAt: NOW, captureMethod: 'manual' } as const;
  const told = FACTS[status];
  return asked(told === undefined ? paymentWith(due) : decideAll(paymentWith({ ...due }), [told]).payment);
}

/** Written down again, so that the table is not its own witness: the commands that a status takes. */
const TAKEN: Record<IntentStatus, readonly CommandType[]> = {
  CREATED: ['create', 'confirm', 'cancel', 'expire'],
  REQUIRES_PAYMENT_METHOD: ['create', 'confirm', 'cancel', 'expire'],
  REQUIRES_CONFIRMATION: ['create', 'confirm', 'cancel', 'expire'],
  REQUIRES_ACTION: ['create', 'confirm', 'cancel', 'expire'],
  PROCESSING: ['create'],
  REQUIRES_CAPTURE: ['create', 'capture', 'cancel', 'expire'],
  SUCCEEDED: ['create', 'refund'],
  CANCELED: ['create'],
  FAILED: ['create'],
  EXPIRED: ['create'],
};

const CALLS = {
  create: [],
  confirm: ['confirm'],
  capture: ['capture'],
  cancel: ['cancel'],
  refund: ['refund'],
  expire: ['cancel'],
} as const satisfies Record<CommandType, readonly string[]>;

const AFTER = { cancel: 'CANCELED', expire: 'EXPIRED' } as const satisfies Partial<
  Record<CommandType, IntentStatus>
>;

const pairs = INTENT_STATUSES.flatMap((status) => COMMAND_TYPES.map((type) => [status, type] as const));

describe.each(pairs)('%s, then %s', (status, type) => {
  const before = paymentIn(status);
  const decision = decideCommand(before, command(type), CIRCUMSTANCES);

  test('is taken or rejected as the rules say', () => {
    expect(before.intent.status).toBe(status);
    expect(decision.outcome).toBe(TAKEN[status].includes(type) ? 'DONE' : 'REJECTED');
  });

  test('asks the gateway for what it needs, ends what it ends, and tells what changed', () => {
    if (decision.outcome === 'REJECTED') {
      const code = status === 'SUCCEEDED' ? 'ALREADY_CAPTURED' : 'NOT_ALLOWED_IN_STATUS';
      expect(decision.rejection).toEqual({ code, detail: expect.stringMatching(/./) });
      return;
    }
    expect(decision.calls.map(({ operation }) => operation)).toEqual(CALLS[type]);
    const after = (AFTER as Partial<Record<CommandType, IntentStatus>>)[type];
    const { intent } = decision.payment;
    expect(intent.status).toBe(after ?? status);
    expect(intent.version).toBe(before.intent.version + (after === undefined ? 0 : 1));
    expect(decision.event?.version).toBe(after === undefined ? undefined : intent.version);
    expect(decision.event?.previousStatus).toBe(after === undefined ? undefined : status);
    expect(decision.payment.requests).toHaveLength(CALLS[type].length);
  });
});

test('a timer looks for intents in just the statuses that can expire', () => {
  expect(EXPIRABLE_STATUSES).toEqual(INTENT_STATUSES.filter((status) => TAKEN[status].includes('expire')));
});
