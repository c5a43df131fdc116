/** Returns a Markdown table without padding, so that a change of one cell changes one line. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Escapes Markdown markup outside code, and bars everywhere, because a bar ends a cell even within code. */
function cell(text: string): string {
  return text
    .split(/(`[^`]*`|\*\*[^*]+\*\*)/)
    .map((part, at) => (at % 2 === 1 ? part : part.replaceAll(/[<>*_]/g, character => `\\${character}`)))
    .join('')
    .replaceAll('|', '\\|')
}
