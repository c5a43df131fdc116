import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { Mend } from './mend.ts'

/** No honest record batch unpacks to more: a broker takes 1 MB packed unless told otherwise. */
const maxUnpacked = 256 * 1024 * 1024

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>
  /** Rejects with ERR_BUFFER_TOO_LARGE. */
  decompress(bytes: Buffer): Promise<Buffer>
}

/** kafkajs' gzip codec, which unpacks no more than so many bytes. */
export function gzipCodec(maxOutputLength: number): Codec {
  const [pack, unpack] = [promisify<Buffer, Buffer>(gzip), promisify(gunzip)]
  return {
    compress: encoder => pack(encoder.buffer),
    decompress: bytes => unpack(bytes, { maxOutputLength }),
  }
}

/** kafkajs unpacks without a limit: one record batch of half a megabyte can take half a gigabyte of memory. */
export const gzipLimitMend: Mend = {
  defect: 'gzip batches unpack without a limit',
  apply: modules => modules.replace('src/protocol/message/compression/gzip.js', gzipCodec(maxUnpacked)),
}
