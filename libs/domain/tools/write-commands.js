/** Writes docs/commands.md from the tables in libs/domain. The library itself touches no file. */
import { writeFileSync } from 'node:fs';
import { commandsDocument } from '../dist/commands/commands-document.js';

writeFileSync(new URL('../../../docs/commands.md', import.meta.url), commandsDocument());
