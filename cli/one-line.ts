/**
 * Text as one line for a terminal: lines are joined, and other control characters are shown, so that what comes from elsewhere (a key, a name, an
 * answer) moves no cursor and sets no colour.
 */
export function oneLine(text: string): string {
  return text
    .split(/[\r\n]+/)
    .map(line => line.trim())
    .filter(line => line !== '')
    .join(' ')
    .replaceAll('\t', ' ')
    .replaceAll(/\p{Cc}/gu, control => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
