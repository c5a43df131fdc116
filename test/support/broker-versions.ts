import { connect } from 'node:net'

export interface VersionRange {
  readonly min: number
  readonly max: number
}

/** What a broker says of itself: its requests by API key, and the features that it has, such as `metadata.version`. */
export interface BrokerVersions {
  readonly apis: ReadonlyMap<number, VersionRange>
  readonly features: ReadonlyMap<string, VersionRange>
}

/** ApiVersions v3: size, API key 18, version 3, correlation id, client id "t", no tags; the client's name and version, "t" and "1", no tags. */
const request = Buffer.from([0, 0, 0, 17, 0, 18, 0, 3, 0, 0, 0, 1, 0, 1, 0x74, 0, 2, 0x74, 2, 0x31, 0])

/** Asks the broker at host:port. */
export async function brokerVersions(address: string): Promise<BrokerVersions> {
  const [host = '', port] = address.split(':')
  const socket = connect({ host, port: Number(port) })
  try {
    return await new Promise((resolve, reject) => {
      let answer = Buffer.alloc(0)
      socket.once('error', reject).once('connect', () => socket.write(request))
      socket.setTimeout(10_000, () => reject(new Error(`${address} did not tell its versions in 10 s`)))
      socket.on('data', (chunk: Buffer) => {
        answer = Buffer.concat([answer, chunk])
        if (answer.length >= 4 && answer.length >= 4 + answer.readInt32BE()) resolve(decode(answer.subarray(8)))
      })
    })
  } finally {
    socket.destroy()
  }
}

/** The body, after size and correlation id. */
function decode(body: Buffer): BrokerVersions {
  const reader = new Reader(body)
  const code = reader.int16()
  if (code !== 0) throw new Error(`the broker answers with Kafka's error ${code}`)
  const apis = new Map(reader.array(() => [reader.int16(), { min: reader.int16(), max: reader.int16() }] as const))
  reader.bytes(4)
  const features = new Map<string, VersionRange>()
  for (let left = reader.varint(); left > 0; left--) {
    const tag = reader.varint()
    const field = new Reader(reader.bytes(reader.varint()))
    if (tag !== 0) continue
    for (const [name, range] of field.array(() => [field.text(), { min: field.int16(), max: field.int16() }] as const))
      features.set(name, range)
  }
  return { apis, features }
}

class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  bytes(length: number): Buffer {
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  int16(): number {
    return this.bytes(2).readInt16BE()
  }

  text(): string {
    return this.bytes(this.varint() - 1).toString()
  }

  /** Each item is followed by tags, of which there are none. */
  array<T>(item: () => T): T[] {
    return Array.from({ length: this.varint() - 1 }, () => {
      const read = item()
      this.varint()
      return read
    })
  }

  varint(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes(1).readUInt8()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
}
