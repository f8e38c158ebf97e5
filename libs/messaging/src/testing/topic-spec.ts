import type { TopicSpec } from '@payments/contracts';
import { uniqueName } from '@payments/local/testing';

/** A field of type string, with a default or without one. */
export type StringField = string | { readonly name: string; readonly default: string };

/** A topic whose values are records of these string fields; with the subject of `like`, if given. */
export function topicSpec<Value = Record<string, string>>(
  fields: readonly StringField[],
  like?: TopicSpec<unknown>,
): TopicSpec<Value> {
  const name = like?.name ?? uniqueName('codec');
  return {
    name,
    partitions: 1,
    config: {},
    subject: `${name}-value`,
    schema: {
      type: 'record',
      name: 'Sample',
      namespace: name.replaceAll('-', '_'),
      fields: fields.map((field) => ({
        type: 'string',
        ...(typeof field === 'string' ? { name: field } : field),
      })),
    },
  };
}
