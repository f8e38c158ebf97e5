import { reasonNotTaken } from '../amount-steps.js';
import type { IntentEventType } from '../decision.js';
import type { GatewayProvider } from '../gateway-provider.js';
import type { IntentRowId } from '../ids.js';
import { AMOUNT_MINOR_MAX, type Money } from '../money.js';
import type { Intent } from '../payment.js';
import type { GatewayCall } from './gateway-request.js';
import type { Rejection } from './rejections.js';

/** What a decision depends on beside the payment and the command. */
export interface Circumstances {
  /** In milliseconds since the epoch. */
  readonly now: number;
  /** The id that the row of a payment takes which the command creates. */
  readonly rowId: IntentRowId;
  /** The order has another live or paid payment, as far as the command minds. */
  readonly orderHasAnother: boolean;
}

/** What is to be done because of a command. */
export interface Plan {
  /** Null: nothing that others can see of the intent changes. */
  readonly change: { readonly type: IntentEventType; readonly intent: Partial<Intent> } | null;
  readonly calls: readonly GatewayCall[];
}

export function wrongAmount(field: string, amount: bigint): Rejection | undefined {
  if (amount >= 1n && amount <= AMOUNT_MINOR_MAX) return undefined;
  return { code: 'INVALID_AMOUNT', detail: `${field} lies between 1 and ${AMOUNT_MINOR_MAX} minor units` };
}

/** @param where names the gateway in the command, if it is not the payment's own */
export function amountNotTaken(
  field: string,
  provider: GatewayProvider,
  amount: Money,
  where?: string,
): Rejection | undefined {
  const reason = reasonNotTaken(provider, amount);
  if (reason === null) return undefined;
  return {
    code: 'INVALID_AMOUNT',
    detail: `${field} is no amount at that gateway: ${reason}${where === undefined ? '' : ` (${where})`}`,
  };
}
