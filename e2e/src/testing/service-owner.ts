import { processEnv } from '@payments/runtime';
import { ServiceProcess } from './service-process.js';

/** Starts the service named by its argument, with its own environment, prints the URL, and keeps running. */
const service = await ServiceProcess.start(String(process.argv[2]), processEnv() as Record<string, string>);
process.stdout.write(service.url);
