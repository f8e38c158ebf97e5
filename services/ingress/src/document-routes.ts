import { asyncApiDocument } from '@payments/contracts';
import { documentHandler } from '@payments/runtime';
import type { Express } from 'express';
import { openApiDocument } from './openapi/document.js';

/** What this service takes and what the topics carry, for programs. */
export function addDocumentRoutes(app: Express): void {
  const documents = { '/openapi.json': openApiDocument(), '/asyncapi.json': asyncApiDocument() };
  const handle = documentHandler(documents);
  app.use((req, res, next) => {
    if (!handle(req, res)) next();
  });
}
