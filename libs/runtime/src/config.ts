import { readFileSync } from 'node:fs';
import type { ConfigOf, Setting, Settings } from './settings.js';

/** Environment variables by name. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The configuration is invalid: waiting cannot fix it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** Each names a setting, what is wrong with it, and what to do. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super([`${count} with the configuration:`, ...problems.map((problem) => `  - ${problem}`)].join('\n'));
    this.problems = problems;
  }
}

/**
 * Reads each setting from the variable of its name, or from the file that `NAME_FILE` names (a mounted secret). An
 * empty variable counts as not set.
 *
 * @throws ConfigError that lists every problem at once and shows no secret
 */
export function readConfig<const S extends Settings>(settings: S, env: Env): ConfigOf<S> {
  const problems: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) {
    try {
      config[name] = readSetting(name, setting, env);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return config as ConfigOf<S>;
}

function readSetting(name: string, setting: Setting<unknown>, env: Env): unknown {
  const text = readText(name, env);
  if (text === undefined) {
    if (setting.required) throw new Error(`${name} is not set; needed as ${setting.form}: ${setting.doc}`);
    return setting.defaultValue;
  }
  try {
    return setting.parse(text);
  } catch (error) {
    const wrong = error instanceof Error ? error.message : String(error);
    throw new Error(`${name} ${wrong}${setting.secret ? '' : ` (it is ${JSON.stringify(text)})`}`);
  }
}

function readText(name: string, env: Env): string | undefined {
  const value = env[name]?.trim() || undefined;
  const fileName = `${name}_FILE`;
  const file = env[fileName]?.trim() || undefined;
  if (file === undefined) return value;
  if (value !== undefined) throw new Error(`${name} and ${fileName} are both set: keep one of them`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `${fileName} names ${file}, which cannot be read (${code}): mount it or correct the path`,
    );
  }
  if (text === '') throw new Error(`${fileName} names ${file}, which is empty: write the value into it`);
  return text;
}
