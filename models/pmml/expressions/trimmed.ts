/** The text without the characters at its ends for which `drop` is true. Takes time that grows with the text, as a pattern for its end would not. */
export function trimmed(text: string, drop: (char: string) => boolean): string {
  let from = 0
  let to = text.length
  for (let char = charAt(text, from); from < to && drop(char); char = charAt(text, from)) from += char.length
  for (let char = charBefore(text, to); to > from && drop(char); char = charBefore(text, to)) to -= char.length
  return text.slice(from, to)
}

function charAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0)
}

function charBefore(text: string, at: number): string {
  const pair = at >= 2 && (text.codePointAt(at - 2) ?? 0) > 0xffff
  return text.slice(pair ? at - 2 : at - 1, at)
}
