export type { ConsumedRecord, SchemaCodec } from '@payments/messaging';
export { disposition, PoisonError } from './disposition.js';
export { GatheringQueue, type Waiting } from './gathering-queue.js';
export type { Handler, Message } from './handler.js';
export { Bell } from './outbox/bell.js';
export { gatewayCommandsRoute } from './outbox/command-routes.js';
export { intentEventsRoute } from './outbox/intent-events-route.js';
export {
  type OutboxRelay,
  type OutboxRelayOptions,
  type OutboxRelayTuning,
  startOutboxRelay,
} from './outbox/outbox-relay.js';
export { startWorker, type Worker } from './worker.js';
export { startConsuming, startWorkerParts } from './worker-parts.js';
export { sealSettings, transactionsConcurrently, workerSettings } from './worker-settings.js';
