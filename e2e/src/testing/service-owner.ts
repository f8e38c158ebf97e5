import { processEnv } from '@payments/runtime';
import { ServiceProcess } from './service-process.js';

/** Starts the service that its argument names with the settings it was given, says where, and stays. */
const service = await ServiceProcess.start(String(process.argv[2]), processEnv() as Record<string, string>);
process.stdout.write(service.url);
