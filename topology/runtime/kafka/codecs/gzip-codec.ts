import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { damaged, defaultMaxUnpacked, tooLarge, type Codec } from './codec.ts'

const pack = promisify<Buffer, Buffer>(gzip)
const unpack = promisify(gunzip)

/** Gzip. It runs in Node's thread pool. */
export function gzipCodec(maxUnpacked = defaultMaxUnpacked): Codec {
  return {
    compress: ({ buffer }) => pack(buffer),
    async decompress(bytes) {
      try {
        return await unpack(bytes, { maxOutputLength: maxUnpacked })
      } catch (error) {
        throw (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge('gzip', maxUnpacked) : damaged('gzip', error)
      }
    },
  }
}
