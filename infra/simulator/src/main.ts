import '@payments/runtime/require-node';
import { runService } from '@payments/runtime';
import { simulatorSettings } from './config.js';
import { startSimulator } from './context.js';

await runService('simulator', simulatorSettings, startSimulator);
