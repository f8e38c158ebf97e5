import { startSharedStack } from './shared-stack.js';

/** Run by jest once before the integration tests. */
export default startSharedStack;
