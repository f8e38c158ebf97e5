import avro from 'avsc';

/** avsc's reader of bytes (5.7, lib/utils.js), which its types leave out. */
interface Tap {
  readonly buf: Buffer;
  pos: number;
  readLong(): number;
  skipLong(): void;
  readString(): string;
  skipString(): void;
}

interface Elements {
  _read(tap: Tap): unknown;
  _skip(tap: Tap): void;
}

/**
 * Arrays and maps with block counts bounded by the bytes that remain. avsc trusts the count: a record of ten bytes
 * could keep the process busy forever, or exhaust its memory. Bytes are a view of what is read, where avsc copies: they
 * are valid as long as it is, and keep it in memory.
 */
export const boundedTypes: avro.ForSchemaOptions['typeHook'] = (schema, options) => {
  if (schema === 'bytes') return new BytesView();
  if (typeof schema !== 'object' || !('type' in schema)) return undefined;
  if (schema.type === 'array') return new BoundedArray(schema, options);
  return schema.type === 'map' ? new BoundedMap(schema, options) : undefined;
};

class BytesView extends avro.types.BytesType {
  _read(tap: Tap): Buffer {
    const length = tap.readLong();
    const from = tap.pos;
    tap.pos += length;
    if (length < 0 || tap.pos > tap.buf.length) throw new RangeError('bytes are longer than the value');
    return tap.buf.subarray(from, tap.pos);
  }
}

class BoundedArray extends avro.types.ArrayType {
  /** Also called on the resolver between two schemas, which has element types of its own. */
  _read(this: { readonly itemsType: Elements }, tap: Tap): unknown[] {
    const items: unknown[] = [];
    forEachElement(tap, () => items.push(this.itemsType._read(tap)));
    return items;
  }

  _skip(this: { readonly itemsType: Elements }, tap: Tap): void {
    forEachElement(tap, () => this.itemsType._skip(tap));
  }
}

class BoundedMap extends avro.types.MapType {
  _read(this: { readonly valuesType: Elements }, tap: Tap): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    forEachElement(tap, () => {
      const key = tap.readString();
      values[key] = this.valuesType._read(tap);
    });
    return values;
  }

  _skip(this: { readonly valuesType: Elements }, tap: Tap): void {
    forEachElement(tap, () => {
      tap.skipString();
      this.valuesType._skip(tap);
    });
  }
}

/**
 * Reads blocks up to the empty one (Avro 1.12, "Arrays"). Every element of our schemas takes at least one byte.
 *
 * @throws RangeError if a block claims more elements than bytes remain
 */
function forEachElement(tap: Tap, read: () => unknown): void {
  for (let count = blockOf(tap); count !== 0; count = blockOf(tap)) {
    if (!(count <= tap.buf.length - tap.pos)) throw new RangeError('a block is longer than the value');
    for (let left = count; left > 0; left -= 1) read();
  }
}

function blockOf(tap: Tap): number {
  const count = tap.readLong();
  if (count >= 0) return count;
  // The block's size in bytes follows.
  tap.skipLong();
  return -count;
}
