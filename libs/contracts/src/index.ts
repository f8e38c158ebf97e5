export { asyncApiDocument } from './asyncapi-document.js';
export { DEAD_LETTER_HEADERS, type DeadLetterHeader } from './dead-letter-headers.js';
export { type CommandOutcome, commandOutcomeSchema } from './generated/command-outcome.js';
export { type GatewayCommand, gatewayCommandSchema } from './generated/gateway-command.js';
export {
  type CancelIntent,
  type CaptureIntent,
  type ConfirmIntent,
  type CreateIntent,
  type Fallback,
  type PaymentIntentCommand,
  paymentIntentCommandSchema,
  type RefundIntent,
} from './generated/payment-intent-command.js';
export {
  type IntentFailure,
  type IntentTransaction,
  type PaymentIntentEvent,
  paymentIntentEventSchema,
} from './generated/payment-intent-event.js';
export { type WebhookReceived, webhookReceivedSchema } from './generated/webhook-received.js';
export { SealBrokenError, type SealContext, SealKeyring, SealKeyUnknownError } from './seal-keyring.js';
export { parseSealKeys, type SealKey } from './seal-keys.js';
export {
  ALL_TOPICS,
  type AvroSchema,
  deadLetterTopicOf,
  TOPICS,
  type TopicSetup,
  type TopicSpec,
} from './topics.js';
