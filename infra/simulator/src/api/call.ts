import type { IncomingHttpHeaders } from 'node:http';

/** A request to a gateway, as it came. */
export interface Call {
  readonly method: string;
  /** Without the prefix that names the gateway. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A body that is text is sent as it is; anything else as JSON. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
}

/** What a gateway says instead of doing it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly answer: Answer;
  /**
   * False: refused before anything was tried, as a parameter that is missing is. A gateway that keeps answers
   * by idempotency key keeps those of what it tried.
   */
  readonly wasTried: boolean;

  constructor(answer: Answer, { wasTried = false }: { readonly wasTried?: boolean } = {}) {
    super(`refused with ${answer.status}`);
    this.answer = answer;
    this.wasTried = wasTried;
  }
}

/** User and password of HTTP's basic authentication. */
export function basicCredentials(
  headers: IncomingHttpHeaders,
): { readonly user: string; readonly password: string } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+)$/i.exec(headers.authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { user, password: rest.join(':') };
}

export function bearerToken(headers: IncomingHttpHeaders): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

/** A header that is there once, or undefined. */
export function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
