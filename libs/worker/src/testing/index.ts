export { createTestParts, failTest, type TestParts, type TestPartsOptions } from './test-parts.js';
