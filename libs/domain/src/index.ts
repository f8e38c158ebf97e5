export { amountStep, reasonNotTaken } from './amount-steps.js';
export {
  ATTEMPT_STATES,
  type Attempt,
  type AttemptError,
  type AttemptId,
  type AttemptState,
  attemptIdOf,
  type FinalState,
  movesMoney,
  REVIEW_VERDICTS,
  type ReviewVerdict,
} from './attempts/attempt.js';
export { decideAfterCall } from './attempts/decide-after-call.js';
export { decideChecked } from './attempts/decide-checked.js';
export { decideFetched } from './attempts/decide-fetched.js';
export { decideFound, decideNotAsked, decideNothingFound } from './attempts/decide-inquiry.js';
export { decideLook } from './attempts/decide-look.js';
export { decideNotBooked } from './attempts/decide-not-booked.js';
export { decideSend } from './attempts/decide-send.js';
export {
  type AskedCall,
  abandonmentOf,
  type EndingEffect,
  effectOf,
  effectOfRefusal,
} from './attempts/effect.js';
export { hold } from './attempts/hold.js';
export {
  ANSWER_NOT_BOOKED,
  BREAKER_OPEN,
  type CallFailed,
  errorOf,
  GATEWAY_DISABLED,
  INTENT_ARCHIVED,
} from './attempts/outcome.js';
export type { PlannedCall } from './attempts/planned-call.js';
export { ATTEMPT_POLICY, type AttemptPolicy } from './attempts/policy.js';
export type {
  CheckStep,
  Ending,
  EndStep,
  FetchStep,
  InquireStep,
  PostponeStep,
  SendStep,
} from './attempts/step.js';
export type {
  AttemptCircumstances,
  AttemptSubject,
  LegRequest,
  OrderElsewhere,
  OtherAttempt,
  Terms,
} from './attempts/subject.js';
export { STILL_PROCESSING, tooLate } from './attempts/too-late.js';
export {
  type CaptureCommand,
  COMMAND_TYPES,
  type Command,
  type CommandOrigin,
  type ConfirmCommand,
  type CreateCommand,
  isCommandType,
  type RefundCommand,
} from './commands/command.js';
export { COMMAND_BODIES, type ReadBody } from './commands/command-bodies.js';
export { EXPIRABLE_STATUSES } from './commands/command-rules.js';
export { type CommandDecision, decideCommand } from './commands/decide-command.js';
export { type FoldedCommands, foldCommands } from './commands/fold-commands.js';
export {
  type CommandedPayment,
  deadlineOf,
  type GatewayCall,
  type GatewayRequest,
} from './commands/gateway-request.js';
export { REJECTIONS, type Rejection, type RejectionCode } from './commands/rejections.js';
export { CURRENCIES, currencyExponent, isCurrency, UnknownCurrencyError } from './currency.js';
export { decideAll, type FoldedDecisions, PaymentFold, strongestOutcome } from './decide-all.js';
export type { AlertCode, Decision, Outcome, PaymentIntentEvent } from './decision.js';
export {
  type DisputeState,
  type Fact,
  type FactKind,
  type FactName,
  type FactOnLeg,
  type Failure,
  factName,
  type JsonValue,
  onLeg,
  type PaymentAttempt,
  type RefundState,
} from './facts.js';
export {
  GATEWAY_CONFIG_FIELDS,
  type GatewayConfig,
  type GatewayConfigField,
  type GatewayConfigNumbers,
  type GatewayConfigs,
  gatewayConfigNumbers,
  gatewayConfigOf,
  gatewayConfigProblem,
  isGatewayConfigField,
  parseGatewayConfig,
} from './gateway-configs/gateway-config.js';
export { reasonCurrencyNotTaken } from './gateway-currencies.js';
export {
  confirmsWithToken,
  GATEWAY_PROVIDERS,
  type GatewayProvider,
  isGatewayProvider,
} from './gateway-provider.js';
export {
  asCommandId,
  asIntentId,
  asIntentRowId,
  type CommandId,
  commandIdOf,
  GATEWAY_OPERATIONS,
  type GatewayOperation,
  gatewayIdempotencyKeyOf,
  type IntentId,
  type IntentRowId,
  intentIdOf,
  reconciliationWebhookIdOf,
  uuidv7,
  uuidv7Time,
  webhookIdOf,
} from './ids.js';
export {
  AMOUNT_MINOR_MAX,
  decimalOf,
  decimalOfMoney,
  InvalidAmountError,
  type Money,
  minorUnitsOf,
  money,
  requirePossibleAmount,
} from './money.js';
export {
  CAPTURE_METHODS,
  type CaptureMethod,
  type Intent,
  type Leg,
  legOf,
  newPayment,
  type Payment,
} from './payment.js';
export {
  INTENT_STATUSES,
  type IntentStatus,
  isEnded,
  isLiveOrPaid,
  PROCESSED_WEBHOOK_STATUSES,
  TRANSACTION_STATUSES,
  TRANSACTION_TYPES,
  type TransactionStatus,
  type TransactionType,
  WEBHOOK_STATUSES,
  type WebhookStatus,
} from './statuses.js';
export { type Sums, sumsIn } from './sums.js';
export { type TransactionKey, type TransactionState, transactionKeyOf } from './transactions.js';
export type { StatusFact } from './transitions.js';
