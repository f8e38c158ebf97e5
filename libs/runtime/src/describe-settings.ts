import type { Setting, Settings } from './settings.js';

export interface SettingsGroup {
  readonly title: string;
  /** A paragraph above the table. */
  readonly about?: string;
  readonly settings: Settings;
}

/** Markdown: a heading and a table per group of settings. */
export function describeSettings(groups: readonly SettingsGroup[]): string {
  return groups.map(describeGroup).join('\n');
}

function describeGroup({ title, about, settings }: SettingsGroup): string {
  const rows = Object.entries(settings).map(
    ([name, setting]) =>
      `| \`${name}\` | ${cell(setting.form)} | ${defaultOf(setting)} | ${cell(setting.doc)} |`,
  );
  const intro = about === undefined ? [] : [about, ''];
  return [
    `## ${title}`,
    '',
    ...intro,
    '| name | value | default | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function defaultOf({ required, defaultValue }: Setting<unknown>): string {
  if (required) return '**required**';
  if (defaultValue === undefined) return '–';
  return `\`${cell(String(defaultValue))}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
