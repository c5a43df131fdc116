import { Duplex, PassThrough } from 'node:stream'
import { inspect } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type FrameForm, Frames } from '../../../models/guard/frames.ts'
import { plainBatch } from '../../../models/guard/plain-batch.ts'
import { instanceForm, processForm } from '../../../models/guard/score-forms.ts'
import { ColumnBatch } from '../../../records/index.ts'

const test = suite('messages between an instance and the process of a model')
const form: FrameForm<unknown, unknown> = {
  write: (writer, message) => writer.value(message),
  read: reader => reader.value(),
}
const headBytes = 8

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
    // Its memory is free once it is done.
    chunks.push(Buffer.from(chunk))
    done()
  }
  const frames = new Frames({
    stream: new Duplex({ read: () => undefined, write }),
    form,
    mostBytes: 1,
    onMessage: () => undefined,
    onBroken: () => undefined,
  })
  for (const message of messages) frames.send(message, 0)
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
  assert.equal(read([written('a'), long, written('b')]), { messages: ['a'], broken: ['a message of 4294967303 bytes'] })
  const nonsense = Buffer.concat([Buffer.from([8, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('nonsense')])
  assert.equal(read([written('a'), nonsense, nonsense, written('b')]), { messages: ['a'], broken: ['bytes that are no message'] })
  assert.equal(read([Buffer.alloc(headBytes)]), { messages: [], broken: ['bytes that are no message'] })
})

test('what a model makes of an answer is an answer or none: cut, and with any byte changed', () => {
  const whole = written({
    kind: 'scores',
    scores: { length: 1, score: Float64Array.of(1), outputs: [{ name: 'y', values: Float64Array.of(1) }] },
  })
  for (let at = headBytes; at < whole.length; at++) {
    for (const byte of [0, 0x7f, 0xff]) {
      const changed = Buffer.from(whole)
      changed[at] = byte
      const { messages, broken } = read([changed])
      assert.is(messages.length + broken.length, 1)
    }
    const cut = Buffer.from(whole.subarray(0, at + 1))
    cut.writeUInt32LE(cut.length - headBytes)
    const { messages, broken } = read([cut])
    assert.is(messages.length + broken.length, 1)
  }
})

test('a batch of any columns is what it was', () => {
  const specs = [
    { name: 'a', kind: 'number' },
    { name: 'b', kind: 'text' },
    { name: 'c', kind: 'number' },
    { name: 'd', kind: 'number' },
    { name: 'e', kind: 'number' },
  ] as const
  for (const rows of [1, 3, 300])
    for (const missing of [false, true]) {
      const batch = new ColumnBatch(specs, rows + 5)
      for (let row = 0; row < rows; row++) {
        batch.setNumber(0, row, row / 3)
        if (row % 2 === 0) batch.setText(1, row, `text ${row}`)
        batch.setWhole(3, row, 2n ** 60n + BigInt(row))
        if (row % 3 === 0) batch.setInvalid(4, row)
        if (row > 0) batch.setNumber(2, row, -row)
        else if (missing) batch.setMissing(2, row)
        else batch.setNumber(2, row, Infinity)
      }
      batch.length = rows
      for (const columns of [specs, specs.slice(0, 1)]) {
        const given = { ...plainBatch(batch, true), columns: plainBatch(batch, true).columns.slice(0, columns.length) }
        const found: unknown[] = []
        const other = new PassThrough()
        void new Frames({
          stream: other,
          form: processForm(),
          mostBytes: Infinity,
          onMessage: message => void found.push(message),
          onBroken: assert.unreachable,
        })
        other.emit('data', sent(instanceForm(), [given]))
        assert.is(inspect(found, { depth: 6 }), inspect([given], { depth: 6 }))
      }
    }
})

test('a message that is not taken at once stays what it was while others are written', () => {
  const [taken, more]: [Buffer[], (() => void)[]] = [[], []]
  const write = (chunk: Buffer, _: string, done: () => void): void => {
    taken.push(chunk)
    more.push(done)
  }
  const stream = new Duplex({ read: () => undefined, write })
  const frames = new Frames({ stream, form, mostBytes: 1, onMessage: () => undefined, onBroken: () => undefined })
  for (const [at, message] of several.entries()) frames.send(message, at)
  for (let at = 0; at < several.length; at++) more[at]?.()
  const { messages } = read([Buffer.concat(taken)])
  assert.is(inspect(messages, { depth: 5 }), inspect(several, { depth: 5 }))
})

test.run()
