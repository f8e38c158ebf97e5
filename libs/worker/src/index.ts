export type { ConsumedRecord, SchemaCodec } from '@payments/messaging';
export { type Disposition, type DispositionKind, disposition, PoisonError } from './disposition.js';
export type { Handler, Message } from './handler.js';
export { type BackgroundRelay, startRelayInBackground } from './outbox/background-relay.js';
export { Bell } from './outbox/bell.js';
export { commandOutcomesRoute, gatewayCommandsRoute } from './outbox/command-routes.js';
export { intentEventsRoute } from './outbox/intent-events-route.js';
export {
  OUTBOX_RELAY_TUNING,
  type OutboxRelay,
  type OutboxRelayOptions,
  type OutboxRelayTuning,
  startOutboxRelay,
} from './outbox/outbox-relay.js';
export { type OutboxRoute, PayloadError } from './outbox/outbox-route.js';
export { outboxRoutes } from './outbox/outbox-routes.js';
export { paymentsOfEvents } from './outbox/payments-of-events.js';
export { startWorker, type Worker, type WorkerOptions } from './worker.js';
export { RETRY_POLICY, type RetryPolicy } from './worker-context.js';
export { type Consumption, startConsuming, startWorkerParts, type WorkerParts } from './worker-parts.js';
export {
  sealSettings,
  transactionsConcurrently,
  type WorkerConfig,
  workerSettings,
} from './worker-settings.js';
