/** Writes docs/states.md from the tables in libs/domain. The library itself touches no file. */
import { writeFileSync } from 'node:fs';
import { statesDocument } from '../dist/states-document.js';

writeFileSync(new URL('../../../docs/states.md', import.meta.url), statesDocument());
