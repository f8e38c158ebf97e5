/** At most about a line of a value that somebody gave. */
export function shortened(value: string): string {
  return value.replace(/^(.{100}).+$/su, '$1…');
}

/** A message with at most about a line of what it quotes. */
export function withShortQuotes(message: string): string {
  return message.replace(/'(.{120}).+'/su, "'$1…'");
}
