/** What an example has proved, a line each. */
export function provedTable(lines: readonly { readonly what: string; readonly found: string; readonly holds: boolean }[]): string {
  const width = Math.max(...lines.map(({ what }) => what.length))
  return lines.map(({ what, found, holds }) => `${holds ? '✓' : '✗'} ${what.padEnd(width)}  ${found}`).join('\n')
}
