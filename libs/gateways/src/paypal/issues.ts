/**
 * Meaning of PayPal's issues, except for those that are mistakes in the request.
 *
 * `declined`: the payment was declined, or the payer has to act. `settled`: an earlier call or somebody else has
 * brought the object into the state that this call leads to; which of the two, only the object shows. `conflict`: the
 * request id was used before, or a capture is in progress.
 *
 * Sources: https://developer.paypal.com/api/rest/reference/orders/v2/errors/,
 * https://developer.paypal.com/api/rest/reference/payments/v2/errors/
 */
const ISSUES = {
  INSTRUMENT_DECLINED: 'declined',
  PAYER_ACTION_REQUIRED: 'declined',
  REDIRECT_PAYER_FOR_ALTERNATE_FUNDING: 'declined',
  ORDER_NOT_APPROVED: 'declined',
  PAYER_CANNOT_PAY: 'declined',
  PAYER_ACCOUNT_LOCKED_OR_CLOSED: 'declined',
  PAYER_ACCOUNT_RESTRICTED: 'declined',
  PAYER_COUNTRY_NOT_SUPPORTED: 'declined',
  PAYEE_BLOCKED_TRANSACTION: 'declined',
  CARD_CLOSED: 'declined',
  CARD_EXPIRED: 'declined',
  TRANSACTION_REFUSED: 'declined',
  TRANSACTION_LIMIT_EXCEEDED: 'declined',
  TRANSACTION_RECEIVING_LIMIT_EXCEEDED: 'declined',
  TRANSACTION_BLOCKED_BY_PAYEE: 'declined',
  MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED: 'declined',
  COMPLIANCE_VIOLATION: 'declined',
  REFUND_FAILED_INSUFFICIENT_FUNDS: 'declined',
  ORDER_ALREADY_CAPTURED: 'settled',
  ORDER_ALREADY_AUTHORIZED: 'settled',
  ORDER_ALREADY_COMPLETED: 'settled',
  ORDER_COMPLETED_OR_VOIDED: 'settled',
  AUTHORIZATION_ALREADY_CAPTURED: 'settled',
  AUTHORIZATION_VOIDED: 'settled',
  AUTHORIZATION_EXPIRED: 'settled',
  PREVIOUSLY_CAPTURED: 'settled',
  PREVIOUSLY_VOIDED: 'settled',
  CAPTURE_FULLY_REFUNDED: 'settled',
  DUPLICATE_INVOICE_ID: 'settled',
  DUPLICATE_REQUEST_ID: 'conflict',
  PAYPAL_REQUEST_ID_PREVIOUSLY_USED: 'conflict',
  PREVIOUS_REQUEST_IN_PROGRESS: 'conflict',
  ORDER_COMPLETION_IN_PROGRESS: 'conflict',
} as const satisfies Record<string, 'declined' | 'settled' | 'conflict'>;

export type IssueMeaning = (typeof ISSUES)[keyof typeof ISSUES] | 'mistake';

export function meaningOfIssue(issue: string): IssueMeaning {
  return Object.hasOwn(ISSUES, issue) ? ISSUES[issue as keyof typeof ISSUES] : 'mistake';
}
