/** Where a registry is. */
export interface RegistryAddress {
  /** Without a slash at the end, and without user and password. */
  readonly host: string;
  readonly auth: { readonly username: string; readonly password: string } | undefined;
}

const REQUEST_MS_MAX = 4_000;

/** What the registry's client has no call for. Resolves once the whole answer is there, whatever its status. */
export async function askRegistry(
  { host, auth }: RegistryAddress,
  path: string,
  {
    headers,
    ...init
  }: Omit<RequestInit, 'signal' | 'headers'> & {
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<{ readonly ok: boolean; readonly status: number; readonly text: string }> {
  const credentials = auth && Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
  const answer = await fetch(host + path, {
    ...init,
    headers: { ...headers, ...(credentials && { authorization: `Basic ${credentials}` }) },
    signal: AbortSignal.timeout(REQUEST_MS_MAX),
  });
  return { ok: answer.ok, status: answer.status, text: await answer.text() };
}
