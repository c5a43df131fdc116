/** One character: an escape of a class, another escape, a class in brackets without brackets or escapes of text in it, or itself. */
const character = String.raw`(?:\\[pP]\{\w+\}|\\[^bBQEGAzZ1-9k]|\[\^?(?:\\[^QE]|[^[\]\\&])+\]|[^\\[\](){}*+?|^$])`
const linearPattern = new RegExp(
  String.raw`^(?:\(\?[ismuU]+\))?(?:\\b)?(?:${character})*(?:${character}[+*])?$|^(?:\(\?[ismuU]+\))?\\b(?:\\w)+\+\\b$`,
  'u',
)
const mostCharacters = 256

/**
 * Whether a pattern of a document takes time that grows only with the text: it is single characters of which the last one may be repeated, so that
 * nothing is ever tried twice. Other patterns may be as quick, but nothing shows it.
 */
export function isLinear(pattern: string): boolean {
  return pattern.length <= mostCharacters && linearPattern.test(pattern)
}
