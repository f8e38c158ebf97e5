declare const brand: unique symbol;

/** A `Value` that only its maker hands out: one id cannot stand where another is meant. Costs nothing at run time. */
export type Branded<Value, Name extends string> = Value & { readonly [brand]: Name };
