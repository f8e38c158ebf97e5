import type { PaymentIntentEvent } from '../decision.js';
import { intentEvent } from '../intent-event.js';
import type { Intent } from '../payment.js';
import type { Command, CommandType } from './command.js';
import { commandRule } from './command-rules.js';
import { decideCreate, decideRepeatedCreate } from './decide-create.js';
import { decideCancel, decideExpire } from './decide-ending.js';
import { decideCapture, decideConfirm, decideRefund } from './decide-money.js';
import type { CommandedPayment, GatewayCall } from './gateway-request.js';
import type { Circumstances, Plan } from './plan.js';
import type { Rejection, RejectionCode } from './rejections.js';

export type CommandDecision = AcceptedCommand | RejectedCommand;

export interface AcceptedCommand {
  readonly outcome: 'DONE';
  /** The payment afterwards. */
  readonly payment: CommandedPayment;
  /** Null if nothing visible to others changes. */
  readonly event: PaymentIntentEvent | null;
  readonly calls: readonly GatewayCall[];
  /** The command created the payment. */
  readonly creates: boolean;
}

export interface RejectedCommand {
  readonly outcome: 'REJECTED';
  readonly rejection: Rejection;
}

/**
 * Decides a command: its effect on the payment, or its rejection. Pure: the same payment, command and circumstances
 * give the same decision. Rules by status are in `COMMAND_RULES`; open requests to gateways and the money decide the
 * rest. A change yields one event and one version, as for facts.
 */
export function decideCommand(
  payment: CommandedPayment | undefined,
  command: Command,
  circumstances: Circumstances,
): CommandDecision {
  const { now } = circumstances;
  if (command.notAfter !== null && command.notAfter <= now) {
    return reject(
      'COMMAND_EXPIRED',
      'notAfter has passed: decide anew whether it is wanted, and send another',
    );
  }
  if (payment === undefined) return decideWithoutPayment(command, circumstances);
  const { status } = payment.intent;
  const rule = commandRule(status, command.type);
  if (rule !== 'ACCEPT') return reject(rule, reasonOf(command.type, status, rule));
  const plan = planOf(payment, command, now);
  return 'code' in plan ? { outcome: 'REJECTED', rejection: plan } : carryOut(payment, command, plan, now);
}

function decideWithoutPayment(command: Command, circumstances: Circumstances): CommandDecision {
  if (command.type !== 'create')
    return reject('INTENT_NOT_FOUND', 'create the intent first, or check intentId');
  const created = decideCreate(command, circumstances);
  if ('code' in created) return { outcome: 'REJECTED', rejection: created };
  const { payment, calls } = created;
  return {
    outcome: 'DONE',
    payment: withRequests(payment, command, calls),
    event: intentEvent(payment.intent, payment.intent, {
      type: 'created',
      occurredAt: circumstances.now,
      transaction: null,
      alerts: [],
      commandId: command.commandId,
    }),
    calls,
    creates: true,
  };
}

function planOf(payment: CommandedPayment, command: Command, now: number): Plan | Rejection {
  switch (command.type) {
    case 'create':
      return decideRepeatedCreate(payment, command);
    case 'confirm':
      return decideConfirm(payment, command);
    case 'capture':
      return decideCapture(payment, command);
    case 'refund':
      return decideRefund(payment, command);
    case 'cancel':
      return decideCancel(payment, command);
    case 'expire':
      return decideExpire(payment, now);
  }
}

function carryOut(
  before: CommandedPayment,
  command: Command,
  { change, calls }: Plan,
  now: number,
): AcceptedCommand {
  const intent =
    change === null
      ? before.intent
      : { ...before.intent, ...change.intent, version: before.intent.version + 1 };
  return {
    outcome: 'DONE',
    payment: withRequests({ ...before, intent }, command, calls),
    event:
      change === null
        ? null
        : intentEvent(before.intent, intent, {
            type: change.type,
            occurredAt: now,
            transaction: null,
            alerts: [],
            commandId: command.commandId,
          }),
    calls,
    creates: false,
  };
}

function withRequests(
  payment: CommandedPayment,
  { commandId }: Command,
  calls: readonly GatewayCall[],
): CommandedPayment {
  const asked = calls.map(({ operation, leg, amount }) => ({ commandId, operation, leg, amount }));
  return { ...payment, requests: [...payment.requests, ...asked] };
}

function reasonOf(type: CommandType, status: Intent['status'], rule: RejectionCode): string {
  if (rule === 'ALREADY_CAPTURED') return 'the intent is paid: what can still be asked for is a refund';
  return `${type} is not taken while the intent is ${status}`;
}

function reject(code: RejectionCode, detail: string): RejectedCommand {
  return { outcome: 'REJECTED', rejection: { code, detail } };
}
