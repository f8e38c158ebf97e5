/** Writes docs/openapi.json and docs/asyncapi.json from what the built ingress and contracts say. Tests compare. */
import { writeFileSync } from 'node:fs';
import { asyncApiDocument } from '../libs/contracts/dist/index.js';
import { openApiDocument } from '../services/ingress/dist/openapi/document.js';

const DOCUMENTS = { 'openapi.json': openApiDocument(), 'asyncapi.json': asyncApiDocument() };

for (const [name, document] of Object.entries(DOCUMENTS)) {
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), `${JSON.stringify(document, null, 2)}\n`);
}
