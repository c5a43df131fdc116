import { WireReader, wire } from '../../records/index.ts'
import { archiveNames, isArchive } from '../archive-names.ts'

/** Field numbers of TensorFlow's messages. */
const graphNode = 1
const graphFields = 4
const nodeName = 1
const nodeOp = 2
const savedGraph = 2

/** Whether the bytes are a GraphDef: they begin with a node that has a name and an op. Never throws. */
export function isFrozenGraph(bytes: Uint8Array): boolean {
  return quietly(() => {
    for (const field of fieldsOf(bytes)) {
      if (field.number > graphFields || field.number === 0) return false
      if (field.number !== graphNode) continue
      if (field.bytes === undefined) return false
      return isNode(field.bytes)
    }
    return false
  })
}

/** Whether the bytes are an archive of a SavedModel's directory, or its file alone. Never throws. */
export function isSavedModel(bytes: Uint8Array): boolean {
  return quietly(() => {
    if (isArchive(bytes)) return archiveNames(bytes).some(name => /(^|\/)saved_model\.pb$/.test(name))
    const [version, graph] = fieldsOf(bytes, 2)
    return version?.number === 1 && version.bytes === undefined && graph?.number === savedGraph && graph.bytes !== undefined
  })
}

function isNode(bytes: Uint8Array): boolean {
  const fields = fieldsOf(bytes)
  const text = (number: number): string => Buffer.from(fields.find(each => each.number === number)?.bytes ?? []).toString('utf8')
  return text(nodeName) !== '' && /^[A-Za-z_][\w.>/]*$/.test(text(nodeOp))
}

interface Field {
  readonly number: number
  /** undefined for numbers. */
  readonly bytes: Uint8Array | undefined
}

/** The first fields of a message. Throws when the bytes are not a message. */
function fieldsOf(bytes: Uint8Array, most = 64): Field[] {
  const reader = new WireReader()
  reader.open(bytes)
  const fields: Field[] = []
  while (reader.at < reader.end && fields.length < most) {
    const tag = reader.tag()
    const number = tag >>> 3
    if ((tag & 7) === wire.bytes) {
      const start = reader.span()
      fields.push({ number, bytes: bytes.subarray(start, reader.at) })
    } else {
      reader.skip(tag & 7)
      fields.push({ number, bytes: undefined })
    }
  }
  return fields
}

function quietly(run: () => boolean): boolean {
  try {
    return run()
  } catch {
    return false
  }
}
