import { isNativeError } from 'node:util/types';

const BEFORE_CONNECTED = ['connect', 'getaddrinfo'];
const CONNECT_TIMEOUT = 'UND_ERR_CONNECT_TIMEOUT';

/** Errors are wrapped several times; a malicious one may contain itself. */
const DEPTH_MAX = 5;

/**
 * Whether an error proves that nothing was sent: the name was not resolved, or no connection was established. Checks
 * causes and, with several addresses, all of them. A reset or a time-out proves nothing.
 */
export function neverConnected(error: unknown, depth = 0): boolean {
  if (depth > DEPTH_MAX || !isNativeError(error)) return false;
  const { syscall, code, errors, cause } = error as NodeJS.ErrnoException & { readonly errors?: unknown };
  if (BEFORE_CONNECTED.includes(syscall ?? '') || code === CONNECT_TIMEOUT) return true;
  if (Array.isArray(errors) && errors.length > 0) {
    return errors.every((one) => neverConnected(one, depth + 1));
  }
  return neverConnected(cause, depth + 1);
}
