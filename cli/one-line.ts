/**
 * Returns the text as one line for a terminal. Lines are joined with a blank; other control characters are escaped as \xNN, so that external text
 * (a key, a name, an answer) cannot move the cursor or set a colour.
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
