export { makeUnknownAttempt, type UnknownAttempt } from './unknown-attempts.js';
