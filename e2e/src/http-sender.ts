import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly id?: string; readonly title?: string; readonly detail?: string };
  /** From sending the first byte to receiving the last. */
  readonly durationMs: number;
}

/** Longer than the time-out of the ingress. */
const ANSWER_MS_MAX = 30_000;

/** Posts over keep-alive connections, as gateways do. */
export class HttpSender {
  readonly #agent: Agent;
  readonly #url: string;

  constructor(url: string, connectionsMax = 64) {
    this.#url = url;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connectionsMax });
  }

  /** @throws Error if no response comes within 30 s, or the connection is lost: the request may have been processed */
  send(
    path: string,
    body: Buffer,
    headers: Readonly<Record<string, string>>,
    method = 'POST',
  ): Promise<Answer> {
    const startedAt = performance.now();
    return new Promise((resolve, reject) => {
      const sending = request(
        `${this.#url}${path}`,
        {
          method,
          agent: this.#agent,
          headers: { ...headers, 'content-length': String(body.length) },
          signal: AbortSignal.timeout(ANSWER_MS_MAX),
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: parsed(Buffer.concat(chunks)),
              durationMs: performance.now() - startedAt,
            }),
          );
        },
      );
      sending.once('error', reject);
      sending.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function parsed(body: Buffer): Answer['body'] {
  try {
    return JSON.parse(body.toString('utf8')) as Answer['body'];
  } catch {
    return {};
  }
}
