import { stopSharedStack } from './shared-stack.js';

/** Run by jest once after the integration tests. */
export default stopSharedStack;
