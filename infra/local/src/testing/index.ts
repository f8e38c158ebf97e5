export { childEnvironment } from '../environment.js';
export { SERVICE_NODE_FLAGS } from '../node-program.js';
export type { Part } from '../part.js';
export { freePorts } from '../ports.js';
export { boundToParent } from '../program.js';
export { type UntilOptions, until } from '../until.js';
export { OwnStack, type OwnStackOptions, type PartName, startOwnStack } from './own-stack.js';
export { type SharedStack, sharedStack } from './shared-stack.js';
export { createTestDatabase, type TestDatabase, uniqueName } from './test-database.js';
