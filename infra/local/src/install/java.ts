import { join } from 'node:path';
import { processEnvironment } from '../environment.js';

/** The java to run: that of JAVA_HOME, else the one on the path. */
export function javaProgram(): string {
  const home = processEnvironment().JAVA_HOME;
  return home === undefined || home === '' ? 'java' : join(home, 'bin', 'java');
}
