import { Duplex, PassThrough } from 'node:stream'
import { inspect } from 'node:util'
import { DefaultSerializer } from 'node:v8'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type FrameForm, Frames } from '../../../models/guard/frames.ts'
import { plainBatch } from '../../../models/guard/plain-batch.ts'
import { instanceForm, processForm } from '../../../models/guard/score-forms.ts'
import { ColumnBatch } from '../../../records/index.ts'

const test = suite('messages between an instance and the process of a model')
const form: FrameForm<unknown, unknown> = {
  write: (serializer, message) => void serializer.writeValue(message),
  read: deserializer => deserializer.readValue() as unknown,
}

/** What is read of bytes that come in pieces. */
function read(pieces: readonly Uint8Array[], mostBytes = 2 ** 20): { readonly messages: unknown[]; readonly broken: string[] } {
  const stream = new PassThrough()
  const [messages, broken]: [unknown[], string[]] = [[], []]
  const parts = {
    stream,
    form,
    mostBytes,
    onMessage: (message: unknown) => messages.push(message),
    onBroken: (why: string) => broken.push(why),
  }
  void new Frames(parts)
  for (const piece of pieces) stream.emit('data', Buffer.from(piece))
  return { messages, broken }
}

/** The bytes of what is sent. */
function sent<Out>(form: FrameForm<Out, unknown>, messages: readonly Out[]): Buffer {
  const chunks: Buffer[] = []
  const write = (chunk: Buffer, _: string, done: () => void): void => {
    chunks.push(chunk)
    done()
  }
  const frames = new Frames({
    stream: new Duplex({ read: () => undefined, write }),
    form,
    mostBytes: 1,
    onMessage: () => undefined,
    onBroken: () => undefined,
  })
  for (const message of messages) frames.send(message)
  return Buffer.concat(chunks)
}
const written = (...messages: readonly unknown[]): Buffer => sent(form, messages)

const several = [
  { a: 1 },
  'x'.repeat(3000),
  [Float64Array.of(1, NaN, -0)],
  undefined,
  { values: Float32Array.of(1, 2), texts: ['a', undefined] },
]

test('messages are what they were, wherever the bytes are cut', () => {
  const bytes = written(...several)
  for (const size of [1, 2, 3, 4, 5, 7, 100, 1000, bytes.length]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
    assert.is(inspect(read(pieces), { depth: 5 }), inspect({ messages: several, broken: [] }, { depth: 5 }), `${size}`)
  }
})

test('a longer message than may be, and bytes that are none: told once, and nothing more is read', () => {
  const long = Buffer.alloc(8)
  long.writeUInt32LE(2 ** 32 - 1)
  assert.equal(read([written('a'), long, written('b')]), { messages: ['a'], broken: ['a message of 4294967299 bytes'] })
  const nonsense = Buffer.concat([Buffer.from([6, 0, 0, 0]), Buffer.from('nonsense'.slice(0, 6))])
  assert.equal(read([written('a'), nonsense, nonsense, written('b')]), { messages: ['a'], broken: ['bytes that are no message'] })
  assert.equal(read([Buffer.alloc(4)]), { messages: [], broken: ['bytes that are no message'] })
})

test('what a model makes of an answer is an answer or none: cut, and with any byte changed', () => {
  const whole = written({
    kind: 'scores',
    scores: { length: 1, score: Float64Array.of(1), outputs: [{ name: 'y', values: Float64Array.of(1) }] },
  })
  for (let at = 4; at < whole.length; at++) {
    for (const byte of [0, 0x7f, 0xff]) {
      const changed = Buffer.from(whole)
      changed[at] = byte
      const { messages, broken } = read([changed])
      assert.is(messages.length + broken.length, 1)
    }
    const cut = Buffer.from(whole.subarray(0, at + 1))
    cut.writeUInt32LE(cut.length - 4)
    const { messages, broken } = read([cut])
    assert.is(messages.length + broken.length, 1)
  }
})

test('a batch of any columns is what it was', () => {
  const specs = [
    { name: 'a', kind: 'number' },
    { name: 'b', kind: 'text' },
    { name: 'c', kind: 'number' },
  ] as const
  for (const rows of [1, 3, 300])
    for (const missing of [false, true]) {
      const batch = new ColumnBatch(specs, rows + 5)
      for (let row = 0; row < rows; row++) {
        batch.setNumber(0, row, row / 3)
        if (row !== 1) batch.setNumber(2, row, -row)
        else if (!missing) batch.setNumber(2, row, Infinity)
      }
      batch.length = rows
      for (const columns of [specs, specs.slice(0, 1)]) {
        const given = { ...plainBatch(batch, true), columns: plainBatch(batch, true).columns.slice(0, columns.length) }
        const found: unknown[] = []
        const other = new PassThrough()
        void new Frames({
          stream: other,
          form: processForm,
          mostBytes: Infinity,
          onMessage: message => void found.push(message),
          onBroken: assert.unreachable,
        })
        other.emit('data', sent(instanceForm, [given]))
        assert.equal(found, [given])
      }
    }
})

test('what is written is what the serializer of Node.js writes', () => {
  const serializer = new DefaultSerializer()
  serializer.writeHeader()
  serializer.writeValue('text')
  assert.equal(written('text').subarray(4), serializer.releaseBuffer())
})

test.run()
