import type { EntitySchemaColumnOptions, ValueTransformer } from 'typeorm';

/** pg returns int8 as text, since a JavaScript number would round it. */
const asBigInt: ValueTransformer = {
  to: (value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
  from: (value: unknown) => (typeof value === 'string' ? BigInt(value) : value),
};

/**
 * Never with a `default` here, even if the table has one: TypeORM reads defaults back after an insert without the
 * transformer, and would leave text in the entity. An omitted field gets the table's default all the same.
 */
export const bigintColumn = (name: string): EntitySchemaColumnOptions => ({
  type: 'bigint',
  name,
  transformer: asBigInt,
});

export const uuidColumn = (name: string): EntitySchemaColumnOptions => ({ type: 'uuid', name });
export const textColumn = (name: string): EntitySchemaColumnOptions => ({ type: 'text', name });
export const jsonColumn = (name: string): EntitySchemaColumnOptions => ({ type: 'jsonb', name });
/** Stored as text, for values that are only passed on. */
export const jsonTextColumn = (name: string): EntitySchemaColumnOptions => ({ type: 'json', name });
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
