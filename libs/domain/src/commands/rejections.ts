/** Why a command is rejected: each code with what it means to its sender. A rejected command changed nothing. */
export const REJECTIONS = {
  INVALID_COMMAND: 'It is not formed as it has to be; the detail names the field.',
  COMMAND_ID_REUSED:
    "Another command has its id, and nothing is done of this one. It has no outcome of its own: the first one's stays, and is told again with `idReusedAt`.",
  INTENT_NOT_FOUND: 'There is no intent of that id.',
  INTENT_DIFFERS: 'The intent of that order, provider and attempt exists with another amount or currency.',
  ORDER_HAS_ANOTHER: 'The order has another live or paid payment, and `allowAnother` is not set.',
  INVALID_AMOUNT:
    'An amount is not between 1 and 2^53 - 2 minor units, or its gateway does not take it: Stripe takes three-decimal currencies in tens of the minor unit; the detail says so.',
  UNSUPPORTED_CURRENCY: 'The currency is no ISO 4217 code in use, in capitals.',
  AMOUNT_EXCEEDS_AUTHORIZED: 'More is to be captured than is held.',
  AMOUNT_EXCEEDS_CAPTURED:
    'More is to be refunded than was captured and is neither refunded, nor under way, nor asked for already.',
  PARTIAL_CAPTURE_UNSUPPORTED: 'The gateway captures all that is held or nothing (Razorpay).',
  NOT_ALLOWED_IN_STATUS: "The intent's state does not allow it; the detail names the state.",
  ALREADY_CAPTURED: 'Money was captured, or its capture was asked for: an intent is captured once.',
  COMMAND_EXPIRED: 'Its `notAfter` had passed before it could be begun.',
  CARD_DATA: 'It holds what looks like a card number. It was put aside with the digits removed.',
} as const;
export type RejectionCode = keyof typeof REJECTIONS;

export interface Rejection {
  readonly code: RejectionCode;
  /** For people: names the field and the fix. Holds nothing of the command's own texts. */
  readonly detail: string;
}
