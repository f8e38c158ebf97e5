import type { TimelineEntry } from '@payments/persistence';
import { moneyText } from '../../output/money.js';

/** An entry in a few words. */
export function timelineText(entry: TimelineEntry): string {
  switch (entry.kind) {
    case 'command': {
      const { type, sender, outcome, code, detail } = entry.details;
      return words(type, `by ${sender}`, outcome, code, detail);
    }
    case 'gateway_attempt': {
      const { operation, state, leg, gatewayProvider, sends, errorCode, errorMessage } = entry.details;
      const place = [`at ${gatewayProvider}`, `leg ${leg},`];
      const error = errorCode === state ? null : errorCode;
      return words(operation, ...place, sentText(sends), state, error, errorMessage);
    }
    case 'transaction': {
      const { type, status, amount, currency, gatewayProvider, gatewayTransactionId } = entry.details;
      const money = moneyText({ amountMinor: BigInt(amount), currency });
      const { failureCode, failureMessage } = entry.details;
      return words(
        type,
        status,
        money,
        `at ${gatewayProvider}`,
        gatewayTransactionId,
        failureCode,
        failureMessage,
      );
    }
    case 'webhook': {
      const { gatewayProvider, eventType, status, error } = entry.details;
      return words(gatewayProvider, eventType, status, error);
    }
  }
}

/** How often a call was sent. */
export function sentText(sends: number): string {
  if (sends === 0) return 'never sent';
  return sends === 1 ? 'sent once' : `sent ${sends} times`;
}

function words(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join(' ');
}
