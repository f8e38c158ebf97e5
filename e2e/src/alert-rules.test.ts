import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { metricsIn, readAlertRules } from './testing/alert-rules.js';

const DOCUMENT = readFileSync(new URL('../../docs/alerts.md', import.meta.url), 'utf8');

describe.each(readAlertRules().map((rule) => [rule.alert, rule] as const))('the alert %s', (name, rule) => {
  test('is valid PromQL, with a severity, a summary and a duration', () => {
    expect(metricsIn(rule.expr).size).toBeGreaterThan(0);
    expect(rule.labels).toEqual({ severity: expect.stringMatching(/^(page|ticket)$/) });
    expect(rule.annotations).toEqual({ summary: expect.stringMatching(/\S/) });
    expect(rule.for ?? '0m').toMatch(/^\d+m$/);
  });

  test('is in docs/alerts.md once', () => {
    expect(DOCUMENT.split('\n').filter((line) => line.startsWith(`| ${name} |`))).toHaveLength(1);
  });
});

test('docs/alerts.md has no other alert', () => {
  const told = Array.from(DOCUMENT.matchAll(/^\| ([A-Z]\w+) \|/gm), ([, name]) => name);
  expect(new Set(told)).toEqual(new Set(readAlertRules().map(({ alert }) => alert)));
});

test('invalid PromQL is an error, and labels are not metrics', () => {
  expect(() => metricsIn('sum by (a) (b > ')).toThrow(SyntaxError);
  expect(metricsIn('sum by (a) (rate(b_total{c="d"}[5m])) or e offset 1m')).toEqual(
    new Set(['b_total', 'e']),
  );
});
