/** An error of a call, or of a payment, which has no type. */
interface ShownError {
  readonly type?: string;
  readonly code: string;
  readonly message: string | null;
}

/** `UNKNOWN_OUTCOME timeout: no answer`, without what it lacks. */
export function errorText({ type, code, message }: ShownError): string {
  const name = type === undefined || type === code ? code : `${type} ${code}`;
  return message === null || message === '' ? name : `${name}: ${message}`;
}
