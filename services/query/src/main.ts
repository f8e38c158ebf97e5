import '@payments/runtime/require-node';
import { runService } from '@payments/runtime';
import { querySettings } from './config.js';
import { startQuery } from './context.js';

await runService('query', querySettings, async (rt) => {
  await startQuery(rt);
});
