import { mkdirSync, writeFileSync } from 'node:fs';
import { machine } from './machine.js';

/** Writes `bench/results/{name}.json`, below the working directory. */
export function saveResults(name: string, results: object): void {
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(`bench/results/${name}.json`, `${JSON.stringify({ ...machine(), results }, null, 2)}\n`);
}
