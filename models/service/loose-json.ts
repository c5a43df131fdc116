/** JSON, with the bare NaN, Infinity and -Infinity that model servers write beside it: NaN is null then. Throws SyntaxError. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    const strict = text.replaceAll(bare, found => (found.startsWith('"') ? found : (standIns[found] as string)))
    if (strict === text) throw error
    return JSON.parse(strict) as unknown
  }
}

/** A string, which is left as it is, or one of the words. */
const bare = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g

const standIns: Readonly<Record<string, string>> = { NaN: 'null', '-NaN': 'null', Infinity: '1e999', '-Infinity': '-1e999' }
