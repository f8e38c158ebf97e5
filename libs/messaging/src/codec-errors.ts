/** The bytes are not what a schema registry's client wrote. */
export class UndecodableError extends Error {
  override readonly name = 'UndecodableError';
}

/** The registry answers, knows other schemas, and not this one. */
export class UnknownSchemaIdError extends Error {
  override readonly name = 'UnknownSchemaIdError';
}

/**
 * Written under a schema of the same subject that this code cannot read: newer code can, and is to be deployed. BACKWARD
 * compatibility lets a release drop what an older one needs.
 */
export class SchemaAheadError extends Error {
  override readonly name = 'SchemaAheadError';
}

/** The registry does not answer, or answers with its own failure. */
export class RegistryUnavailableError extends Error {
  override readonly name = 'RegistryUnavailableError';
}

/** The registry holds a schema that this one cannot follow (BACKWARD): the service must not start. */
export class IncompatibleSchemaError extends Error {
  override readonly name = 'IncompatibleSchemaError';
}
