import { z } from 'zod';

/**
 * JSON Schemas of named zod schemas, for `components.schemas`, with references between them. Fields with a default
 * are optional, and unknown fields are allowed.
 */
export function jsonSchemasOf(named: Readonly<Record<string, z.ZodType>>): Record<string, object> {
  const registry = z.registry<{ readonly id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema, $id, ...schema }]) => [name, schema]),
  );
}
