import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uniqueName } from '@payments/local/testing';
import { API_SCOPES, type ApiScope, hashOfApiKey } from '@payments/runtime';

export interface TestCaller {
  readonly id: string;
  readonly key: string;
  readonly scopes?: readonly ApiScope[];
  readonly expiresAt?: string;
}

/** A file of API keys of the test's own. */
export class TestCallers {
  readonly file: string;
  readonly #folder: string;

  constructor(callers: readonly TestCaller[]) {
    this.#folder = mkdtempSync(join(tmpdir(), 'callers-'));
    this.file = join(this.#folder, 'keys.json');
    this.write(callers);
  }

  write(callers: readonly TestCaller[]): void {
    const keys = callers.map(({ key, scopes = API_SCOPES, ...caller }) => ({
      ...caller,
      scopes,
      hash: hashOfApiKey(key).toString('hex'),
    }));
    this.writeText(JSON.stringify({ keys }));
  }

  /** At once, as orchestrators do. */
  writeText(text: string): void {
    writeFileSync(`${this.file}.new`, text);
    renameSync(`${this.file}.new`, this.file);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** A caller whom no other test has, so that its limits and keys are its own. */
export function newCaller(given: Partial<TestCaller> = {}): TestCaller {
  return { id: uniqueName('caller'), key: uniqueName('key'), ...given };
}
