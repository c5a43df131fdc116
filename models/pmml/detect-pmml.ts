/** Number of first bytes in which the PMML element is searched. */
const prologBytes = 65_536

/** Whether the bytes look like a PMML document: its first element is PMML. Never throws. */
export function isPmml(bytes: Uint8Array): boolean {
  const prolog = new TextDecoder('latin1').decode(bytes.subarray(0, prologBytes)).replaceAll('\0', '')
  let at = /^(?:\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)?\s*/.exec(prolog)?.[0].length ?? 0
  while (prolog[at] === '<') {
    const end = prolog.startsWith('<?', at) ? '?>' : prolog.startsWith('<!--', at) ? '-->' : undefined
    if (end !== undefined) at = after(prolog, end, at)
    // The contents of a DTD are skipped here: the parser refuses it with a message.
    else if (prolog.startsWith('<!DOCTYPE', at)) return /<(?:\w{1,64}:)?PMML[\s>/]/.test(prolog.slice(at))
    else return /^<(?:[\w.-]{1,64}:)?PMML[\s>/]/.test(prolog.slice(at, at + 80))
    while (/\s/.test(prolog.charAt(at))) at++
  }
  return false
}

function after(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from)
  return at < 0 ? text.length : at + mark.length
}
