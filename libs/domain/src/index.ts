export { amountStep, reasonNotTaken } from './amount-steps.js';
export {
  ATTEMPT_STATES,
  type Attempt,
  type AttemptError,
  type AttemptId,
  type AttemptState,
  attemptIdOf,
  type FinalState,
  isFinal,
  isOpenMoney,
  movesMoney,
  REVIEW_VERDICTS,
  type ReviewVerdict,
  type UnfinishedState,
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
  type EndedAttempt,
  type EndingEffect,
  effectOf,
} from './attempts/effect.js';
export type { FailOver } from './attempts/fail-over.js';
export { hold } from './attempts/hold.js';
export {
  ANSWER_NOT_BOOKED,
  BREAKER_OPEN,
  CALL_ERRORS,
  type CallAnswered,
  type CallErrorType,
  type CallFailed,
  type CallOutcome,
  errorOf,
  GATEWAY_DISABLED,
} from './attempts/outcome.js';
export type { PlannedCall } from './attempts/planned-call.js';
export { ATTEMPT_POLICY, type AttemptPolicy } from './attempts/policy.js';
export {
  type CheckStep,
  type Ending,
  type EndStep,
  type FetchStep,
  type InquireStep,
  ownError,
  type PostponeStep,
  type SendStep,
} from './attempts/step.js';
export type {
  AttemptCircumstances,
  AttemptSubject,
  GatewayChoice,
  LegRequest,
  OrderElsewhere,
  OtherAttempt,
  Terms,
} from './attempts/subject.js';
export type { Branded } from './brand.js';
export {
  type CancelCommand,
  type CaptureCommand,
  COMMAND_TYPES,
  type Command,
  type CommandOrigin,
  type CommandType,
  type ConfirmCommand,
  type CreateCommand,
  type ExpireCommand,
  type Fallback,
  isCommandType,
  type RefundCommand,
} from './commands/command.js';
export {
  COMMAND_RULES,
  type CommandRule,
  commandRule,
  EXPIRABLE_STATUSES,
} from './commands/command-rules.js';
export {
  type AcceptedCommand,
  type CommandDecision,
  decideCommand,
  type RejectedCommand,
} from './commands/decide-command.js';
export { type FoldedCommands, foldCommands } from './commands/fold-commands.js';
export {
  type CommandedPayment,
  type GatewayCall,
  type GatewayRequest,
  openRequest,
} from './commands/gateway-request.js';
export type { Circumstances } from './commands/plan.js';
export { REJECTIONS, type Rejection, type RejectionCode } from './commands/rejections.js';
export { CURRENCIES, currencyExponent, isCurrency, UnknownCurrencyError } from './currency.js';
export { decide } from './decide.js';
export { decideAll, type FoldedDecisions, PaymentFold, strongestOutcome } from './decide-all.js';
export {
  ALERTS,
  type Alert,
  type AlertCode,
  type Changes,
  DECISION_REASONS,
  type Decision,
  type DecisionReason,
  INTENT_EVENT_TYPES,
  type IntentChange,
  type IntentEventType,
  OUTCOMES,
  type Outcome,
  type PaymentIntentEvent,
  type TransactionChange,
} from './decision.js';
export { evolve } from './evolve.js';
export {
  type Authorized,
  type Captured,
  DISPUTE_STATES,
  type DisputeFact,
  type DisputeState,
  FACT_EFFECTS,
  FACT_NAMES,
  type Fact,
  type FactKind,
  type FactName,
  type FactOnLeg,
  type Failed,
  type Failure,
  factName,
  type JsonValue,
  onLeg,
  type PaymentAttempt,
  type PlainStatusFact,
  type Processing,
  REFUND_STATES,
  type RefundFact,
  type RefundState,
  type RequiresAction,
  type RequiresPaymentMethod,
  type Voided,
} from './facts.js';
export {
  type BreakerConfig,
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
  type GatewayIdempotencyKey,
  type GatewayOperation,
  gatewayIdempotencyKeyOf,
  type IntentId,
  type IntentRowId,
  intentIdOf,
  reconciliationWebhookIdOf,
  uuidv7,
  uuidv7Time,
  type WebhookId,
  webhookIdOf,
} from './ids.js';
export {
  AMOUNT_MINOR_MAX,
  addMoney,
  CurrencyMismatchError,
  compareMoney,
  decimalOf,
  decimalOfMoney,
  InvalidAmountError,
  type Money,
  minorUnitsOf,
  money,
  moneyOfDecimal,
  requirePossibleAmount,
} from './money.js';
export {
  CAPTURE_METHODS,
  type CaptureMethod,
  type Intent,
  type Leg,
  legOf,
  type NewPayment,
  newPayment,
  type Payment,
} from './payment.js';
export {
  INTENT_STATUSES,
  type IntentStatus,
  isEnded,
  isLiveOrPaid,
  TRANSACTION_STATUSES,
  TRANSACTION_TYPES,
  type TransactionStatus,
  type TransactionType,
  WEBHOOK_STATUSES,
  type WebhookStatus,
} from './statuses.js';
export { NO_MONEY, type Sums, sumsIn } from './sums.js';
export {
  compareReports,
  type TransactionKey,
  type TransactionState,
  transactionKeyOf,
} from './transactions.js';
export {
  compareStatusFacts,
  STATUS_FACTS,
  type StatusFact,
  type TimedStatusFact,
  TRANSITIONS,
  type Transition,
  transition,
} from './transitions.js';
