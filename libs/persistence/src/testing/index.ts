export { entryOf } from './command-entry.js';
export { makeUnknownAttempt, type UnknownAttempt } from './unknown-attempts.js';
export { useDatabase } from './use-database.js';
