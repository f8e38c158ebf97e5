export { type Disposition, type DispositionKind, disposition, PoisonError } from './disposition.js';
export type { Handler, Message } from './handler.js';
export { startWorker, type Worker, type WorkerOptions } from './worker.js';
export { RETRY_POLICY, type RetryPolicy } from './worker-context.js';
