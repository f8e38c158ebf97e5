import { copyFileSync, existsSync, statSync, truncateSync } from 'node:fs';

const BYTES_MAX = 10 * 1024 * 1024;

/**
 * Keeps a log and one older one. The file is copied and emptied in place, because the part goes on writing to
 * it (at its end, having opened it for appending): the few lines written in between are lost.
 */
export function boundLog(file: string, bytesMax: number = BYTES_MAX): void {
  if (!existsSync(file) || statSync(file).size <= bytesMax) return;
  copyFileSync(file, `${file}.1`);
  truncateSync(file, 0);
}
