/** Writes docs/openapi.json, openapi-query.json and asyncapi.json from what the built code says. Tests compare. */
import { writeFileSync } from 'node:fs';
import { asyncApiDocument } from '../libs/contracts/dist/index.js';
import { openApiDocument as ingressDocument } from '../services/ingress/dist/openapi/document.js';
import { openApiDocument as queryDocument } from '../services/query/dist/openapi/document.js';

const DOCUMENTS = {
  'openapi.json': ingressDocument(),
  'openapi-query.json': queryDocument(),
  'asyncapi.json': asyncApiDocument(),
};

for (const [name, document] of Object.entries(DOCUMENTS)) {
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), `${JSON.stringify(document, null, 2)}\n`);
}
