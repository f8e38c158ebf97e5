export { identityOf, isAlive, type ProcessIdentity } from './process-identity.js';
export { type UntilOptions, until } from './until.js';
