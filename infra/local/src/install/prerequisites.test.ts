import { expect, test } from '@jest/globals';
import { missingPrerequisites, parseJavaMajor } from './prerequisites.js';

test('the major version of Java is read from what it prints, old and new', () => {
  expect(parseJavaMajor('openjdk version "17.0.15" 2025-04-15')).toBe(17);
  expect(parseJavaMajor('openjdk version "25" 2025-09-16')).toBe(25);
  expect(parseJavaMajor('java version "1.8.0_402"')).toBe(8);
  expect(parseJavaMajor('command not found')).toBeUndefined();
});

test('with every part given nothing is needed', () => {
  expect(missingPrerequisites({ kafka: 'a', registry: 'b', redis: 'c' })).toEqual([]);
});
