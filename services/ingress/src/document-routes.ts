import { asyncApiDocument } from '@payments/contracts';
import type { Express } from 'express';
import { openApiDocument } from './openapi/document.js';

/** What this service takes and what the topics carry, for programs. */
export function addDocumentRoutes(app: Express): void {
  const documents = { '/openapi.json': openApiDocument(), '/asyncapi.json': asyncApiDocument() };
  for (const [path, document] of Object.entries(documents)) {
    const body = `${JSON.stringify(document, null, 2)}\n`;
    app.get(path, (_req, res) => {
      res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
      res.end(body);
    });
  }
}
