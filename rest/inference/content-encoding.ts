import { promisify } from 'node:util'
import { deflate, gzip } from 'node:zlib'

const compress = { gzip: promisify(gzip), deflate: promisify(deflate) }

type Encoding = keyof typeof compress

/** The encoding with the greatest weight in Accept-Encoding, gzip if both are equal; undefined: the client names neither with a weight above 0. */
export function acceptedEncoding(accept: string | undefined): Encoding | undefined {
  const weights = new Map<string, number>()
  for (const part of (accept ?? '').split(',')) {
    const [name = '', ...parameters] = part.split(';').map(text => text.trim().toLowerCase())
    const weight = parameters.find(parameter => parameter.startsWith('q='))
    if (name !== '') weights.set(name, weight === undefined ? 1 : Number(weight.slice(2)))
  }
  const weightOf = (name: Encoding): number => weights.get(name) ?? 0
  const [best] = (['gzip', 'deflate'] as const).toSorted((a, b) => weightOf(b) - weightOf(a))
  return best !== undefined && weightOf(best) > 0 ? best : undefined
}

/** Compresses the bytes. */
export function encode(bytes: Buffer, encoding: Encoding): Promise<Buffer> {
  return compress[encoding](bytes)
}
