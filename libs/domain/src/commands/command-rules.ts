import { INTENT_STATUSES, type IntentStatus } from '../statuses.js';
import type { CommandType } from './command.js';
import type { RejectionCode } from './rejections.js';

/** Whether a status takes a command at all: `ACCEPT`, as far as nothing else is against it, or why not. */
export type CommandRule = 'ACCEPT' | Extract<RejectionCode, 'NOT_ALLOWED_IN_STATUS' | 'ALREADY_CAPTURED'>;

/** Nothing was paid, and nothing is under way: the customer may still pay, and it can still be ended. */
const unpaid = {
  create: 'ACCEPT',
  confirm: 'ACCEPT',
  capture: 'NOT_ALLOWED_IN_STATUS',
  cancel: 'ACCEPT',
  refund: 'NOT_ALLOWED_IN_STATUS',
  expire: 'ACCEPT',
} as const satisfies Record<CommandType, CommandRule>;

/** A repeated creation is accepted and changes nothing; everything else comes too late. */
const over = {
  create: 'ACCEPT',
  confirm: 'NOT_ALLOWED_IN_STATUS',
  capture: 'NOT_ALLOWED_IN_STATUS',
  cancel: 'NOT_ALLOWED_IN_STATUS',
  refund: 'NOT_ALLOWED_IN_STATUS',
  expire: 'NOT_ALLOWED_IN_STATUS',
} as const satisfies Record<CommandType, CommandRule>;

/**
 * The only place that knows which status takes which command. While the gateway moves the money (PROCESSING)
 * nothing is taken: it ends by itself, and calling that canceled would promise what nobody can keep.
 */
export const COMMAND_RULES = {
  CREATED: unpaid,
  REQUIRES_PAYMENT_METHOD: unpaid,
  REQUIRES_CONFIRMATION: unpaid,
  REQUIRES_ACTION: unpaid,
  PROCESSING: over,
  REQUIRES_CAPTURE: { ...unpaid, confirm: 'NOT_ALLOWED_IN_STATUS', capture: 'ACCEPT' },
  SUCCEEDED: {
    create: 'ACCEPT',
    confirm: 'ALREADY_CAPTURED',
    capture: 'ALREADY_CAPTURED',
    cancel: 'ALREADY_CAPTURED',
    refund: 'ACCEPT',
    expire: 'ALREADY_CAPTURED',
  },
  CANCELED: over,
  FAILED: over,
  EXPIRED: over,
} as const satisfies Record<IntentStatus, Record<CommandType, CommandRule>>;

export function commandRule(status: IntentStatus, type: CommandType): CommandRule {
  return COMMAND_RULES[status][type];
}

/** Statuses in which an intent whose time is over ends as EXPIRED. */
export const EXPIRABLE_STATUSES: readonly IntentStatus[] = INTENT_STATUSES.filter(
  (status) => commandRule(status, 'expire') === 'ACCEPT',
);
