/** Uniform in [0, 1), 32 bits at a time, as Math.random is called. */
export type Random = () => number;

/**
 * A generator that gives the same numbers for the same seed: sfc32 by Chris Doty-Humphrey, which passes
 * PractRand. Its 128 bits of state keep two seeds from ever meeting, so that ids made from them differ.
 * @param seed any integer; its low 32 bits count
 */
export function seededRandom(seed: number): Random {
  let a = seed | 0;
  let b = Math.imul(seed, 0x9e3779b1) | 0;
  let c = ~seed | 0;
  let counter = 1;
  const next: Random = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 0x1_0000_0000;
  };
  // The first numbers still show the seed.
  for (let round = 0; round < 16; round++) next();
  return next;
}
