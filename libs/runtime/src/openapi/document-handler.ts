import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Answers GET and HEAD for documents by path, such as `/openapi.json`, to everybody; false for anything else, which is
 * left untouched.
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
