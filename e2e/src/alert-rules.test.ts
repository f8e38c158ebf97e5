import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { metricsIn, readAlertRules } from './testing/alert-rules.js';

const DOCUMENT = readFileSync(new URL('../../docs/alerts.md', import.meta.url), 'utf8');

describe.each(readAlertRules().map((rule) => [rule.alert, rule] as const))('the alert %s', (name, rule) => {
  test('reads metrics by PromQL, and says for whom it is, what is wrong and for how long', () => {
    expect(metricsIn(rule.expr).size).toBeGreaterThan(0);
    expect(rule.labels).toEqual({ severity: expect.stringMatching(/^(page|ticket)$/) });
    expect(rule.annotations).toEqual({ summary: expect.stringMatching(/\S/) });
    expect(rule.for ?? '0m').toMatch(/^\d+m$/);
  });

  test('is told of in docs/alerts.md, once', () => {
    expect(DOCUMENT.split('\n').filter((line) => line.startsWith(`| ${name} |`))).toHaveLength(1);
  });
});

test('docs/alerts.md tells of no other', () => {
  const told = Array.from(DOCUMENT.matchAll(/^\| ([A-Z]\w+) \|/gm), ([, name]) => name);
  expect(new Set(told)).toEqual(new Set(readAlertRules().map(({ alert }) => alert)));
});

test('what is no PromQL is found, and labels are no metrics', () => {
  expect(() => metricsIn('sum by (a) (b > ')).toThrow(SyntaxError);
  expect(metricsIn('sum by (a) (rate(b_total{c="d"}[5m])) or e offset 1m')).toEqual(
    new Set(['b_total', 'e']),
  );
});
