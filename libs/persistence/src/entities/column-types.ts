import type { EntitySchemaColumnOptions, ValueTransformer } from 'typeorm';

/** pg hands int8 over as text, since a JavaScript number would round it. */
const asBigInt: ValueTransformer = {
  to: (value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
  from: (value: unknown) => (typeof value === 'string' ? BigInt(value) : value),
};

/** Partition keys and money are written in full by whoever inserts: only what has a default is optional. */
export const bigintColumn = (name: string): EntitySchemaColumnOptions => ({
  type: 'bigint',
  name,
  transformer: asBigInt,
});

export const bigintWithDefault = (name: string, value: bigint): EntitySchemaColumnOptions => ({
  ...bigintColumn(name),
  default: value.toString(),
});

export const uuidColumn = (name: string): EntitySchemaColumnOptions => ({ type: 'uuid', name });
export const textColumn = (name: string): EntitySchemaColumnOptions => ({ type: 'text', name });
export const jsonColumn = (name: string): EntitySchemaColumnOptions => ({ type: 'jsonb', name });
export const timeColumn = (name: string): EntitySchemaColumnOptions => ({ type: 'timestamptz', name });
export const smallintColumn = (name: string): EntitySchemaColumnOptions => ({ type: 'smallint', name });
export const integerColumn = (name: string): EntitySchemaColumnOptions => ({ type: 'integer', name });
export const booleanColumn = (name: string): EntitySchemaColumnOptions => ({ type: 'boolean', name });
export const currencyColumn: EntitySchemaColumnOptions = { type: 'char', length: 3, name: 'currency' };

export const nullable = (column: EntitySchemaColumnOptions): EntitySchemaColumnOptions => ({
  ...column,
  nullable: true,
});

export const primary = (column: EntitySchemaColumnOptions): EntitySchemaColumnOptions => ({
  ...column,
  primary: true,
});

export const withDefault = (
  column: EntitySchemaColumnOptions,
  value: string | number | boolean | object,
): EntitySchemaColumnOptions => ({ ...column, default: value });
