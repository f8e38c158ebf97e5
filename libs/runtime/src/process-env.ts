import type { Env } from './config.js';

/** The environment of this process: the only place that reads it. */
export function processEnv(): Env {
  return process.env;
}
