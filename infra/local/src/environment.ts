export type Environment = Readonly<Record<string, string | undefined>>;

/** The only place where the local stack reads its environment. */
export function processEnvironment(): Environment {
  return process.env;
}

/** What every child gets: enough to find programs, nothing that configures ours by accident. */
export function childEnvironment(extra: Record<string, string>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ['PATH', 'HOME', 'LANG', 'TMPDIR', 'JAVA_HOME', 'USER', 'LOGNAME']) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return { ...kept, ...extra };
}

/** Lets the children of this process, jest's workers among them, see a value. */
export function exportVariable(name: string, value: string): void {
  process.env[name] = value;
}
