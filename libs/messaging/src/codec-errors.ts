/** The bytes are not what a schema registry's client wrote. */
export class UndecodableError extends Error {
  override readonly name = 'UndecodableError';
}

/** The registry answers, knows other schemas, and not this one. */
export class UnknownSchemaIdError extends Error {
  override readonly name = 'UnknownSchemaIdError';
}

/** The registry does not answer, or answers with its own failure. */
export class RegistryUnavailableError extends Error {
  override readonly name = 'RegistryUnavailableError';
}

/** The registry holds a schema that this one cannot follow (BACKWARD): the service must not start. */
export class IncompatibleSchemaError extends Error {
  override readonly name = 'IncompatibleSchemaError';
}
