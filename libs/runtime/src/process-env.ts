import type { Env } from './config.js';

/** The environment of this process: the one place that reads it. */
export function processEnv(): Env {
  return process.env;
}
