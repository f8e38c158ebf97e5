/** A service's part of its OpenAPI document. */
export interface OpenApiParts {
  readonly title: string;
  /** May contain line breaks. */
  readonly description: string;
  /** Port in the local stack. */
  readonly port: number;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, object>>;
  /** JSON Schemas by name; the one of problems is added. */
  readonly schemas: Readonly<Record<string, object>>;
}

const PROBLEM = {
  type: 'object',
  description: 'RFC 9457.',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string', examples: ['about:blank'] },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What to do about it.' },
    errors: {
      type: 'array',
      description: 'Each invalid field.',
      items: {
        type: 'object',
        required: ['field', 'problem'],
        properties: {
          field: { type: 'string', description: 'Its path, joined with dots; empty for the whole body.' },
          problem: { type: 'string', description: 'Completes a sentence that begins with the field.' },
        },
      },
    },
  },
};

/**
 * An OpenAPI 3.1 document. Its operations may require an API key (`security: [{ apiKey: [] }]`) and answer with
 * problems.
 */
export function openApi({ title, description, port, tags, paths, schemas }: OpenApiParts): object {
  return {
    openapi: '3.1.0',
    info: {
      title,
      version: '1.0.0',
      description: description.replaceAll('\n', ' '),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: `http://127.0.0.1:${port}`, description: 'The local stack.' }],
    tags,
    paths,
    components: {
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key.' } },
      schemas: { ...schemas, Problem: PROBLEM },
    },
  };
}
