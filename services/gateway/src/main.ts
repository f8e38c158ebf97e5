import '@payments/runtime/require-node';
import { runService } from '@payments/runtime';
import { gatewaySettings } from './config.js';
import { startGateway } from './context.js';

await runService('gateway', gatewaySettings, startGateway);
