/**
 * Control characters (C0, C1 and DEL), line and paragraph separators, and signs that change the direction of text or are not shown: external text
 * (a key, a name, an answer) could move the cursor, set a colour, or look like other text with them.
 */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu

/** The text with signs that a terminal may act on, or that are not shown, escaped as \xNN or \uNNNN. */
export function escapedText(text: string): string {
  return text.replaceAll(unsafe, sign => (sign < '\u0100' ? `\\x${hexOf(sign, 2)}` : `\\u${hexOf(sign, 4)}`))
}

/** Escapes in JSON what a terminal may act on. JSON.stringify leaves DEL, C1 and signs of direction as they are. The value stays the same. */
export function terminalJson(json: string): string {
  return json.replaceAll(unsafe, sign => `\\u${hexOf(sign, 4)}`)
}

const hexOf = (sign: string, digits: number): string => sign.charCodeAt(0).toString(16).padStart(digits, '0')
