import { isCurrency } from '../currency.js';
import { reasonCurrencyNotTaken } from '../gateway-currencies.js';
import { confirmsWithToken, type GatewayProvider } from '../gateway-provider.js';
import { intentIdOf } from '../ids.js';
import type { Money } from '../money.js';
import { newPayment } from '../payment.js';
import type { CreateCommand } from './command.js';
import { confirmationOf } from './decide-money.js';
import type { CommandedPayment, GatewayCall } from './gateway-request.js';
import { amountNotTaken, type Circumstances, type Plan, wrongAmount } from './plan.js';
import type { Rejection } from './rejections.js';

/** A new payment, with the calls to request from its gateway. */
export interface CreatedPlan {
  readonly payment: CommandedPayment;
  readonly calls: readonly GatewayCall[];
}

export function decideCreate(
  command: CreateCommand,
  { now, rowId, orderHasAnother }: Circumstances,
): CreatedPlan | Rejection {
  const wrong = wrongIn(command) ?? (isPast(command.expiresAt, now) ? PAST : undefined);
  if (wrong !== undefined) return wrong;
  if (orderHasAnother && !command.allowAnother) {
    const detail = 'the order has another live or paid payment: cancel that one, or set allowAnother';
    return { code: 'ORDER_HAS_ANOTHER', detail };
  }
  const { intentId, orderId, customerId, provider, amount, captureMethod, expiresAt } = command;
  const hasToken = command.paymentMethodToken !== null;
  const payment = {
    ...newPayment({
      id: rowId,
      intentId,
      orderId,
      customerId,
      provider,
      amount,
      captureMethod,
      hasToken,
      expiresAt,
    }),
    requests: [],
  };
  const create: GatewayCall = {
    operation: 'create',
    provider,
    leg: 1,
    amount: amount.amountMinor,
    details: {},
  };
  return { payment, calls: command.confirm ? [create, ...confirmationOf(payment)] : [create] };
}

/** The same creation by another command: it is done already. */
export function decideRepeatedCreate({ intent }: CommandedPayment, command: CreateCommand): Plan | Rejection {
  const { amount } = command;
  const wrong = misnamed(command);
  if (wrong !== undefined) return wrong;
  if (amount.amountMinor === intent.amount && amount.currency === intent.currency) {
    return { change: null, calls: [] };
  }
  const detail =
    'the intent exists with another amount or currency: use the next attempt for another payment of the order';
  return { code: 'INTENT_DIFFERS', detail };
}

const PAST: Rejection = {
  code: 'INVALID_COMMAND',
  detail: 'create.expiresAt has passed: choose a later time',
};

function isPast(at: number | null, now: number): boolean {
  return at !== null && at <= now;
}

function wrongIn(command: CreateCommand): Rejection | undefined {
  const { amount } = command;
  return (
    wrongCurrency(amount.currency) ??
    wrongAmount('create.amount', amount.amountMinor) ??
    notTakenSomewhere(command) ??
    repeatedGateway(command) ??
    missingToken(command) ??
    misnamed(command)
  );
}

/** With the id of another order's intent, that intent would answer for a payment that nobody made. */
function misnamed({ intentId, orderId, provider, attempt }: CreateCommand): Rejection | undefined {
  if (intentId === intentIdOf(orderId, provider, attempt)) return undefined;
  const detail = 'intentId is not the UUIDv5 of create.orderId, gatewayProvider and attempt';
  return { code: 'INVALID_COMMAND', detail };
}

function wrongCurrency(currency: string): Rejection | undefined {
  const inCapitals = currency.toUpperCase();
  if (isCurrency(currency)) return undefined;
  const hint = isCurrency(inCapitals) ? `write ${inCapitals}` : 'three capital letters, such as USD';
  return { code: 'UNSUPPORTED_CURRENCY', detail: `create.currency is no ISO 4217 code in use: ${hint}` };
}

/** A fallback has to charge the same amount there. */
function notTakenSomewhere({ provider, fallbacks, amount }: CreateCommand): Rejection | undefined {
  const elsewhere = fallbacks.map(({ gatewayProvider }, index) =>
    notTakenAt(gatewayProvider, amount, `create.fallbacks[${index}]`),
  );
  return notTakenAt(provider, amount) ?? elsewhere.find((one) => one !== undefined);
}

/** @param where names the gateway in the command, if it is not the payment's own */
function notTakenAt(provider: GatewayProvider, amount: Money, where?: string): Rejection | undefined {
  const reason = reasonCurrencyNotTaken(provider, amount.currency);
  if (reason === null) return amountNotTaken('create.amount', provider, amount, where);
  const place = where === undefined ? '' : ` (${where})`;
  return { code: 'UNSUPPORTED_CURRENCY', detail: `create.currency is refused: ${reason}${place}` };
}

/** Each fallback has to name a gateway that was not tried before. */
function repeatedGateway({ provider, fallbacks }: CreateCommand): Rejection | undefined {
  const providers = [provider, ...fallbacks.map(({ gatewayProvider }) => gatewayProvider)];
  const repeated = providers.findIndex((one, index) => providers.indexOf(one) < index);
  if (repeated < 0) return undefined;
  const detail = `create.fallbacks[${repeated - 1}].gatewayProvider names a gateway that stands before it already`;
  return { code: 'INVALID_COMMAND', detail };
}

/** Without its token a confirmation at creation cannot be made, and would block a later one that has it. */
function missingToken({
  confirm,
  provider,
  paymentMethodToken,
  fallbacks,
}: CreateCommand): Rejection | undefined {
  if (!confirm) return undefined;
  const means = [{ gatewayProvider: provider, paymentMethodToken }, ...fallbacks];
  const lacking = means.findIndex(
    (one) => one.paymentMethodToken === null && confirmsWithToken(one.gatewayProvider),
  );
  if (lacking < 0) return undefined;
  const where = lacking === 0 ? 'create' : `create.fallbacks[${lacking - 1}]`;
  const detail =
    `${where}.paymentMethodToken is missing: confirm needs it at Stripe; or leave create.confirm out, ` +
    'and confirm later';
  return { code: 'INVALID_COMMAND', detail };
}
