/** Why a command is rejected: each code with what it means to its sender. A rejected command changed nothing. */
export const REJECTIONS = {
  INVALID_COMMAND: 'The command is malformed; the detail names the field.',
  COMMAND_ID_REUSED:
    'Another command has the same id, so this one is dropped. It has no outcome of its own: the first outcome stands and is published again with `idReusedAt`.',
  INTENT_NOT_FOUND: 'There is no intent with that id.',
  INTENT_DIFFERS:
    'The intent of that order, provider and attempt exists with a different amount or currency.',
  ORDER_HAS_ANOTHER: 'The order has another live or paid payment, and `allowAnother` is not set.',
  INVALID_AMOUNT:
    'An amount is not between 1 and 2^53 - 2 minor units, or its gateway does not accept it: Stripe takes three-decimal currencies in tens of the minor unit; the detail says so.',
  UNSUPPORTED_CURRENCY:
    'The currency is not a current ISO 4217 code in capitals, or a gateway of the payment, fallbacks included, does not accept it: Razorpay takes none with three decimals; the detail says so.',
  AMOUNT_EXCEEDS_AUTHORIZED: 'The capture exceeds what is held.',
  AMOUNT_EXCEEDS_CAPTURED:
    'The refund exceeds what was captured, less what is already refunded, in progress or requested.',
  PARTIAL_CAPTURE_UNSUPPORTED: 'The gateway captures either all that is held or nothing (Razorpay).',
  NOT_ALLOWED_IN_STATUS: "The intent's status does not allow the command; the detail names the status.",
  ALREADY_CAPTURED: 'Money was already captured, or its capture requested: an intent is captured once.',
  COMMAND_EXPIRED: 'Its `notAfter` passed before it could be started.',
  CARD_DATA: 'It contains what looks like a card number. It was dead-lettered with the digits redacted.',
} as const;
export type RejectionCode = keyof typeof REJECTIONS;

export interface Rejection {
  readonly code: RejectionCode;
  /** For people: names the field and the fix. Holds nothing of the command's own texts. */
  readonly detail: string;
}
