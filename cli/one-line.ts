import { escapedText } from '../base/options/index.ts'

/** Returns the text as one line for a terminal. Lines are joined with a blank; other unsafe characters are escaped as \xNN or \uNNNN. */
export function oneLine(text: string): string {
  const lines = text.split(/[\r\n]+/).map(line => line.trim())
  return escapedText(
    lines
      .filter(line => line !== '')
      .join(' ')
      .replaceAll('\t', ' '),
  )
}
