import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ConfigError, readConfig } from './config.js';
import { kafkaSettings, postgresSettings, redisSettings, serviceSettings } from './setting-groups.js';
import { type Settings, setting } from './settings.js';

const doc = 'What it is for.';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function problemsOf(settings: Settings, env: Record<string, string>): readonly string[] {
  try {
    readConfig(settings, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('settings are read by their names, each in its form', () => {
  const config = readConfig(
    {
      TEXT: setting.text({ doc }),
      COUNT: setting.integer({ doc, min: -5 }),
      WAIT_MS: setting.milliseconds({ doc }),
      ROOM_BYTES: setting.bytes({ doc }),
      PORT: setting.port({ doc }),
      ON: setting.boolean({ doc }),
      NAMES: setting.list({ doc }),
      LEVEL: setting.oneOf({ doc, values: ['low', 'high'] }),
      SITE: setting.url({ doc }),
      KEY: setting.secret({ doc }),
      KEYS: setting.secretList({ doc }),
      POINT: setting.parsed({ doc, form: 'x;y', parse: (text) => text.split(';') }),
    },
    {
      TEXT: ' a b ',
      COUNT: '-3',
      WAIT_MS: '1500',
      ROOM_BYTES: '4096',
      PORT: '0',
      ON: 'true',
      NAMES: 'a, b,c',
      LEVEL: 'high',
      SITE: 'https://example.com/x',
      KEY: 'k',
      KEYS: 'new,old',
      POINT: '1;2',
    },
  );
  expect(config).toEqual({
    TEXT: 'a b',
    COUNT: -3,
    WAIT_MS: 1500,
    ROOM_BYTES: 4096,
    PORT: 0,
    ON: true,
    NAMES: ['a', 'b', 'c'],
    LEVEL: 'high',
    SITE: 'https://example.com/x',
    KEY: 'k',
    KEYS: ['new', 'old'],
    POINT: ['1', '2'],
  });
});

test('what is not set, or empty, takes its default; without one an optional setting is undefined', () => {
  const settings = {
    A: setting.integer({ doc, default: 7 }),
    B: setting.boolean({ doc, default: false }),
    C: setting.text({ doc, optional: true }),
  };
  expect(readConfig(settings, {})).toEqual({ A: 7, B: false, C: undefined });
  expect(readConfig(settings, { A: '', B: ' ', C: '' })).toEqual({ A: 7, B: false, C: undefined });
});

test('every problem is reported at once, by name, with what to write instead', () => {
  const settings = { ...serviceSettings, ...kafkaSettings, ...postgresSettings, ...redisSettings };
  const problems = problemsOf(settings, {
    PORT: '70000',
    LOG_LEVEL: 'loud',
    SHUTDOWN_DEADLINE_MS: '25s',
    KAFKA_TLS_ENABLED: 'yes',
    DATABASE_POOL_SIZE: '0',
    SCHEMA_REGISTRY_URL: 'localhost:8081',
    KAFKA_BROKERS: 'a:9092,,b:9092',
  });
  expect(problems).toEqual([
    'PORT must be at most 65535 (it is "70000")',
    'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent (it is "loud")',
    'SHUTDOWN_DEADLINE_MS must be a whole number (it is "25s")',
    'KAFKA_BROKERS must be a comma-separated list without empty entries (it is "a:9092,,b:9092")',
    'KAFKA_TLS_ENABLED must be true or false (it is "yes")',
    'SCHEMA_REGISTRY_URL must be a URL (http://… or https://…)',
    'DATABASE_URL is not set; needed as URL (postgres://… or postgresql://…): Primary Postgres, directly or through a pooler in session mode: sessions carry settings and prepared statements, LISTEN, and COPY whose data is not asked for.',
    'DATABASE_POOL_SIZE must be at least 1 (it is "0")',
    'REDIS_URL is not set; needed as URL (redis://… or rediss://…): Redis, used as a cache only: while it is down everything still works, more slowly.',
  ]);
});

test.each(['1.5', '0x10', '1e3', '9007199254740993', 'NaN', '--1'])('%s is no whole number', (text) => {
  expect(problemsOf({ N: setting.integer({ doc }) }, { N: text })).toHaveLength(1);
});

test('a value that may hold a secret is never shown', () => {
  const hidden = 'hush-hush';
  const settings = {
    URL: setting.url({ doc }),
    LIST: setting.secretList({ doc }),
    KEYS: setting.parsed({
      doc,
      form: 'id:key',
      secret: true,
      parse: () => {
        throw new Error('is wrong');
      },
    }),
  };
  const env = { URL: `ftp://u:${hidden}@h`, LIST: `${hidden},`, KEYS: hidden };
  const problems = problemsOf(settings, env);
  expect(problems).toHaveLength(3);
  expect(problems.join()).not.toContain(hidden);
});

describe('NAME_FILE', () => {
  const settings = { KEY: setting.secret({ doc }), PORT: setting.port({ doc, default: 1 }) };

  test('names a mounted file that holds the value; the newline at its end is not part of it', () => {
    const config = readConfig(settings, {
      KEY_FILE: fileWith('key', 's3cret\n'),
      PORT_FILE: fileWith('port', '99'),
    });
    expect(config).toEqual({ KEY: 's3cret', PORT: 99 });
  });

  test('is a problem when it cannot be read, is empty, or the name is set too', () => {
    expect(problemsOf(settings, { KEY_FILE: join(folder, 'none') })[0]).toMatch(
      /^KEY_FILE names .*none, which cannot be read \(ENOENT\): mount it or correct the path$/,
    );
    expect(problemsOf(settings, { KEY_FILE: fileWith('empty', '\n') })[0]).toContain('which is empty');
    expect(problemsOf(settings, { KEY: 'a', KEY_FILE: fileWith('k', 'b') })).toEqual([
      'KEY and KEY_FILE are both set: keep one of them',
    ]);
  });
});
