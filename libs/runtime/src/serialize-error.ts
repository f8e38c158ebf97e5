const TEXT_LENGTH_MAX = 2_000;
const STACK_LENGTH_MAX = 6_000;
const CAUSES_COUNT_MAX = 5;

/**
 * Fields of errors that explain what happened. Others are left out: database errors contain the statement, its
 * parameters and the row, which may include whole bodies.
 */
const FIELDS = [
  'code',
  'errno',
  'syscall',
  'address',
  'port',
  'status',
  'statusCode',
  'reason',
  'kind',
  'severity',
  'schema',
  'table',
  'column',
  'constraint',
  'routine',
  'keyId',
  'retriable',
  'type',
];

/** The loggable part of an error and of its causes, bounded in size. */
export function serializeError(error: unknown, depth = 0): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const { name, message, stack, cause, errors } = error as Partial<AggregateError>;
  const serialized: Record<string, unknown> = { name, message: cut(message, TEXT_LENGTH_MAX) };
  for (const field of FIELDS) {
    const value: unknown = Reflect.get(error, field);
    if (typeof value === 'string') serialized[field] = cut(value, TEXT_LENGTH_MAX);
    else if (typeof value === 'number' || typeof value === 'boolean') serialized[field] = value;
  }
  serialized.stack = cut(stack, STACK_LENGTH_MAX);
  if (depth < CAUSES_COUNT_MAX) {
    if (cause !== undefined) serialized.cause = serializeError(cause, depth + 1);
    if (Array.isArray(errors)) {
      serialized.errors = errors.slice(0, CAUSES_COUNT_MAX).map((one) => serializeError(one, depth + 1));
    }
  }
  return serialized;
}

function cut(text: unknown, lengthMax: number): string | undefined {
  if (typeof text !== 'string') return undefined;
  return text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text;
}
