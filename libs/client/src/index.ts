export type { CommandOutcome, PaymentIntentEvent } from '@payments/contracts';
export { NoAnswerError, RegistryUnavailableError, type RunningConsumer } from '@payments/messaging';
export type { FieldProblem } from '@payments/runtime';
export {
  type Confirmation,
  InvalidCommandError,
  type NewIntent,
  type Refund,
  type SendOptions,
} from './commands.js';
export type { ClientOptions } from './connection.js';
export { type ConsumeCommandOutcomesOptions, consumeCommandOutcomes } from './consume-command-outcomes.js';
export { type ConsumeIntentEventsOptions, consumeIntentEvents } from './consume-intent-events.js';
export type { ConsumeOptions } from './consume-values.js';
export { CommandNotAcknowledgedError, PaymentsClient, type SentCommand } from './payments-client.js';
export { MemoryVersionStore, type VersionStore } from './version-store.js';
