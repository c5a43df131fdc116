/** A table without padding, so that a change of one cell changes one line. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** What Markdown would take for markup, outside code, is escaped; a bar ends a cell even within code. */
function cell(text: string): string {
  return text
    .split(/(`[^`]*`|\*\*[^*]+\*\*)/)
    .map((part, at) => (at % 2 === 1 ? part : part.replaceAll(/[<>*_]/g, character => `\\${character}`)))
    .join('')
    .replaceAll('|', '\\|')
}
