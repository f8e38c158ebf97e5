/** An answer with an RFC 9457 problem. */
export function problemResponse(description: string, headers?: Record<string, object>): object {
  return {
    description,
    ...(headers ? { headers } : {}),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

export const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 } },
};

export const UNAVAILABLE = problemResponse(
  'Not stored in time, or too much waits. Send it again.',
  RETRY_AFTER,
);
