import '@payments/runtime/require-node';
import { runService } from '@payments/runtime';
import { ingressSettings } from './config.js';
import { startIngress } from './context.js';

await runService('ingress', ingressSettings, async (rt) => {
  await startIngress(rt);
});
