/** OpenAPI response with an RFC 9457 problem. */
export function problemResponse(description: string, headers?: Record<string, object>): object {
  return {
    description,
    ...(headers ? { headers } : {}),
    content: { 'application/problem+json': { schema: schemaRef('Problem') } },
  };
}

/** OpenAPI response in JSON. @param schema name of one of the document's schemas */
export function jsonResponse(description: string, schema: string, headers?: Record<string, object>): object {
  return {
    description,
    ...(headers ? { headers } : {}),
    content: { 'application/json': { schema: schemaRef(schema) } },
  };
}

/** @param schema name of one of the document's schemas */
export function schemaRef(schema: string): object {
  return { $ref: `#/components/schemas/${schema}` };
}

export const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 } },
};
