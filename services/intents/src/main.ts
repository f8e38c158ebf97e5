import '@payments/runtime/require-node';
import { runService } from '@payments/runtime';
import { intentsSettings } from './config.js';
import { startIntents } from './context.js';

await runService('intents', intentsSettings, startIntents);
