/** Parses JSON that may contain the bare words NaN, Infinity and -Infinity, as model servers write them; NaN becomes null. Throws SyntaxError. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    const strict = text.replaceAll(bare, found => (found.startsWith('"') ? found : (standIns[found] as string)))
    if (strict === text) throw error
    return JSON.parse(strict) as unknown
  }
}

/** Matches a string, which is kept, or one of the words. */
const bare = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g

const standIns: Readonly<Record<string, string>> = { NaN: 'null', '-NaN': 'null', Infinity: '1e999', '-Infinity': '-1e999' }
