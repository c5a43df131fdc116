export type Separator = ',' | ';' | '\t'

/** The style of a CSV file. */
export interface CsvStyle {
  readonly delimiter: Separator
  /** Whether blanks around cells are not part of their text. */
  readonly trim: boolean
}

/** Detects the style in the first line that is not blank. */
export function csvStyle(text: string): CsvStyle {
  const delimiter = tellSeparator(text)
  return { delimiter, trim: hasPaddedQuotes(text, delimiter) }
}

function tellSeparator(text: string): Separator {
  const { counts } = firstLine(text)
  if (counts[';'] === 0 && counts['\t'] === 0) return ','
  if (counts[','] > counts[';'] && counts[','] > counts['\t']) return ','
  return counts[';'] >= counts['\t'] ? ';' : '\t'
}

/** Whether the first line has blanks between a quoted cell and a separator: then blanks around cells are not part of their text. */
function hasPaddedQuotes(text: string, separator: Separator): boolean {
  const { end } = firstLine(text)
  const bare = text.slice(0, end).replaceAll(/"(?:[^"]|"")*"/g, '""')
  const blank = separator === '\t' ? ' ' : '[ \\t]'
  return new RegExp(`${separator}${blank}+""|""${blank}+${separator}`).test(bare)
}

/** The first line that is not blank: whether and where it ends, and how often each separator occurs in it outside quotes. */
export function firstLine(text: string): {
  readonly ended: boolean
  readonly end: number
  readonly counts: Record<Separator, number>
} {
  const counts = { ',': 0, ';': 0, '\t': 0 }
  let quoted = false
  let blank = true
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    if (char === '"') quoted = !quoted
    else if (!quoted && (char === '\n' || char === '\r')) {
      if (!blank) return { ended: true, end: at, counts }
      continue
    } else if (!quoted && char in counts) counts[char as Separator]++
    blank = false
  }
  return { ended: false, end: text.length, counts }
}
