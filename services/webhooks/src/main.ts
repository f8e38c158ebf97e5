import '@payments/runtime/require-node';
import { runService } from '@payments/runtime';
import { webhooksSettings } from './config.js';
import { startWebhooks } from './context.js';

await runService('webhooks', webhooksSettings, startWebhooks);
