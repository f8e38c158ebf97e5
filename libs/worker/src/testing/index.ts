export { createWorkerParts, failTest, type WorkerParts, type WorkerPartsOptions } from './worker-parts.js';
