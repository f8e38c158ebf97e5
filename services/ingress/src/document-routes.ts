import { asyncApiDocument } from '@payments/contracts';
import { documentHandler } from '@payments/runtime';
import type { Express } from 'express';
import { openApiDocument } from './openapi/document.js';

/** The API and the topics, in machine-readable form. */
export function addDocumentRoutes(app: Express): void {
  const documents = { '/openapi.json': openApiDocument(), '/asyncapi.json': asyncApiDocument() };
  const handle = documentHandler(documents);
  app.use((req, res, next) => {
    if (!handle(req, res)) next();
  });
}
