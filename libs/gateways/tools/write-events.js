/** Writes docs/events.md from the tables in libs/gateways. The library itself touches no file. */
import { writeFileSync } from 'node:fs';
import { eventsDocument } from '../dist/events-document.js';

writeFileSync(new URL('../../../docs/events.md', import.meta.url), eventsDocument());
