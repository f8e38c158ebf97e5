import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Serves documents such as `/openapi.json` by path for GET and HEAD, without authentication; returns false for
 * anything else and leaves it alone.
 */
export function documentHandler(
  documents: Readonly<Record<string, object>>,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const bodies = new Map(
    Object.entries(documents).map(([path, document]) => [path, `${JSON.stringify(document, null, 2)}\n`]),
  );
  return ({ method, url = '' }, response) => {
    const body = bodies.get(url.split('?', 1)[0] ?? '');
    if (body === undefined || (method !== 'GET' && method !== 'HEAD')) return false;
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    response.end(method === 'HEAD' ? undefined : body);
    return true;
  };
}
