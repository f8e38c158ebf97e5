import { INTENT_STATUSES, type IntentStatus } from '../statuses.js';
import type { CommandType } from './command.js';
import type { RejectionCode } from './rejections.js';

/** Whether a status accepts a command: `ACCEPT`, unless other rules object, or the rejection code. */
export type CommandRule = 'ACCEPT' | Extract<RejectionCode, 'NOT_ALLOWED_IN_STATUS' | 'ALREADY_CAPTURED'>;

/** Nothing is paid or in progress: the customer may still pay, and the intent can still be ended. */
const unpaid = {
  create: 'ACCEPT',
  confirm: 'ACCEPT',
  capture: 'NOT_ALLOWED_IN_STATUS',
  cancel: 'ACCEPT',
  refund: 'NOT_ALLOWED_IN_STATUS',
  expire: 'ACCEPT',
} as const satisfies Record<CommandType, CommandRule>;

/** A repeated creation is accepted without effect; every other command is too late. */
const over = {
  create: 'ACCEPT',
  confirm: 'NOT_ALLOWED_IN_STATUS',
  capture: 'NOT_ALLOWED_IN_STATUS',
  cancel: 'NOT_ALLOWED_IN_STATUS',
  refund: 'NOT_ALLOWED_IN_STATUS',
  expire: 'NOT_ALLOWED_IN_STATUS',
} as const satisfies Record<CommandType, CommandRule>;

/**
 * The only table of which status accepts which command. While the gateway moves the money (PROCESSING) no command is
 * accepted: the gateway decides the outcome, and a cancellation could not be guaranteed.
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

/** Statuses in which an overdue intent becomes EXPIRED. */
export const EXPIRABLE_STATUSES: readonly IntentStatus[] = INTENT_STATUSES.filter(
  (status) => commandRule(status, 'expire') === 'ACCEPT',
);
