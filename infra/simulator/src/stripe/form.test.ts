import { describe, expect, test } from '@jest/globals';
import { decodeForm, FORM_FIELDS_MAX, FormError } from './form.js';

const decode = (text: string) => JSON.parse(JSON.stringify(decodeForm(new URLSearchParams(text))));

describe("Stripe's forms", () => {
  test('have objects and lists within one another', () => {
    expect(decode('amount=5&metadata[a]=1&metadata[b]=&expand[]=x&expand[]=y&types[0]=p&types[1]=q')).toEqual(
      {
        amount: '5',
        metadata: { a: '1', b: '' },
        expand: ['x', 'y'],
        types: ['p', 'q'],
      },
    );
    expect(decode('a[0][b]=1&a[1][b]=2')).toEqual({ a: [{ b: '1' }, { b: '2' }] });
  });

  test('take the last of two values', () => {
    expect(decode('a=1&a=2')).toEqual({ a: '2' });
    expect(decode('a=1&a[b]=2')).toEqual({ a: { b: '2' } });
  });

  test('do not reach prototypes', () => {
    decodeForm(
      new URLSearchParams('__proto__[polluted]=1&constructor[prototype][polluted]=1&metadata[__proto__]=1'),
    );
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });

  test.each([['[a]=1'], ['a[=1'], ['a]b=1'], ['=1'], ['a[b][c][d][e][f][g]=1']])('refuse %s', (text) => {
    expect(() => decodeForm(new URLSearchParams(text))).toThrow(FormError);
  });

  test('have a bound', () => {
    const many = new URLSearchParams('f='.concat('&f='.repeat(FORM_FIELDS_MAX)));
    expect(() => decodeForm(many)).toThrow(FormError);
  });
});
