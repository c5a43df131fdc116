import { Duplex, PassThrough } from 'node:stream'
import { inspect } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../base/index.ts'
import { Frames } from '../../../models/guard/frames.ts'
import { FrameWriter } from '../../../models/guard/frame-writer.ts'
import type { GuardAnswer } from '../../../models/guard/guard-messages.ts'
import { checkedScores } from '../../../models/guard/plain-scores.ts'
import { instanceForm, processForm } from '../../../models/guard/score-forms.ts'
import type { ModelOutput, OutputColumn, Scores } from '../../../models/index.ts'
import { FakeEnv } from '../../support/fake-env.ts'

const test = suite('results of a model in a process of its own')

/** What one process sends, message by message. */
function sender(): (answer: GuardAnswer) => Buffer {
  let last = Buffer.alloc(0)
  const write = (chunk: Buffer, _: string, done: () => void): void => {
    last = Buffer.from(chunk)
    done()
  }
  const stream = new Duplex({ read: () => undefined, write })
  const frames = new Frames({ stream, form: processForm(), mostBytes: 1, onMessage: () => undefined, onBroken: () => undefined })
  return answer => {
    frames.send(answer, 0)
    return last
  }
}

/** What an instance takes of it. */
function receiver(): { readonly taken: unknown[]; readonly broken: string[]; readonly take: (bytes: Uint8Array) => void } {
  const [taken, broken, stream] = [[] as unknown[], [] as string[], new PassThrough()]
  void new Frames({
    stream,
    form: instanceForm(),
    mostBytes: 2 ** 20,
    onMessage: each => void taken.push(each),
    onBroken: why => void broken.push(why),
  })
  return { taken, broken, take: bytes => void stream.emit('data', Buffer.from(bytes)) }
}

const shown = (value: unknown): string => inspect(value, { depth: 8, sorted: true })
const answerOf = (scores: Scores): GuardAnswer => ({ kind: 'scores', scores })

const number = (name: string, values: ArrayLike<number>, more: object = {}): OutputColumn => ({
  name,
  kind: 'number',
  width: 1,
  shape: [],
  values,
  ...more,
})
const plain = (values: readonly number[]): Scores => ({
  length: values.length,
  score: Float64Array.from(values),
  labels: undefined,
  noResult: undefined,
  outputs: [number('y', Float32Array.from(values))],
})
const labelled = (labels: readonly string[]): Scores => ({
  length: labels.length,
  score: new Float64Array(labels.length),
  labels,
  noResult: new Uint8Array(labels.length),
  blank: Uint8Array.from(labels, (_, at) => at % 2),
  outputs: [
    { name: 'label', kind: 'text', width: 1, shape: [], values: labels },
    number(
      'whole',
      Float64Array.from(labels, (_, at) => at),
      { exact: BigInt64Array.from(labels, (_, at) => BigInt(at)) },
    ),
    number('p', new Float32Array(2 * labels.length), { width: 2, shape: [2] }),
    number('bytes', new Uint8Array(labels.length)),
  ],
})

test('results of all kinds, one after the other, are what they were', () => {
  const results = [
    plain([1]),
    plain([2, NaN, -0]),
    plain([]),
    labelled(['a', 'b', '']),
    labelled(['b']),
    labelled(['a', 'new']),
    plain([3]),
    { ...plain([1]), outputs: [number('y', Float64Array.of(1))] },
    { ...plain([1]), outputs: [number('y', Float32Array.of(1, 2), { width: 2, shape: [1, 2] })] },
    { ...plain([1]), outputs: [number('y', Float32Array.of(1, 2), { width: 2, shape: [2, 1] })] },
    { ...plain([1]), outputs: [number('y', Float32Array.of(), { width: 0, shape: [0] })] },
    labelled(Array.from({ length: 5000 }, (_, at) => `text ${at}`)),
    plain([4, 5]),
  ]
  for (const size of [1, 7, 1000, Infinity]) {
    const [send, { taken, broken, take }] = [sender(), receiver()]
    const bytes = Buffer.concat(results.map(scores => send(answerOf(scores))))
    for (let at = 0; at < bytes.length; at += Math.min(size, bytes.length)) take(bytes.subarray(at, at + size))
    assert.is(shown(taken), shown(results.map(answerOf)), `in pieces of ${size}`)
    assert.equal(broken, [])
  }
})

test('what results have in common is sent once, and again when it has changed', () => {
  const send = sender()
  const lengths = [plain([1]), plain([2]), plain([3]), labelled(['a']), labelled(['a']), labelled(['b']), labelled(['a'])].map(
    scores => send(answerOf(scores)).length,
  )
  const [first = 0, second, third, other = 0, again = 0, learnt = 0, known] = lengths
  assert.ok(first > 100 && second === 40 && third === 40, lengths.join())
  assert.ok(other > 200 && again < 120 && learnt >= other && known === again, lengths.join())
})

test('an error is no result, and comes as it was', () => {
  const [send, { taken, take }] = [sender(), receiver()]
  const failed: GuardAnswer = { kind: 'failed', code: 'MODEL_FAILED', message: 'it failed' }
  take(send(failed))
  take(send(answerOf(plain([1]))))
  assert.equal(taken, [failed, answerOf(plain([1]))])
})

const outputs = (['label', 'whole', 'p', 'bytes'] as const).map((name): ModelOutput => ({
  name,
  type: name === 'label' ? 'string' : 'float32',
  width: 1,
}))

/** Whether what came is refused in one of the two ways in which it may be. */
function isJudged({ taken, broken }: ReturnType<typeof receiver>, rows: number): boolean {
  for (const each of taken) {
    const scores = typeof each === 'object' && each !== null && 'scores' in each ? each.scores : undefined
    try {
      checkedScores(scores, outputs, rows)
    } catch (error) {
      if (!(error instanceof SluiceError)) return false
    }
  }
  return broken.length <= 1
}

test('bytes that a model sends in the place of its results: none that breaks the instance, changed anywhere or made up', () => {
  const send = sender()
  const whole = [send(answerOf(labelled(['a', 'b', 'c']))), send(answerOf(labelled(['b', 'a', 'c'])))]
  const env = new FakeEnv()
  const random = (): number => env.random()
  for (let run = 0; run < 20_000; run++) {
    const instance = receiver()
    for (const bytes of whole) {
      const changed = Buffer.from(bytes)
      for (let times = 0; times < 1 + (run % 3); times++) {
        const at = 8 + Math.floor(random() * (changed.length - 8))
        changed[at] = [0, 1, 0x7f, 0x80, 0xff, Math.floor(random() * 256)][Math.floor(random() * 6)] as number
      }
      const cut = run % 4 === 0 ? changed.subarray(0, 8 + Math.floor(random() * (changed.length - 8))) : changed
      cut.writeUInt32LE(cut.length - 8)
      instance.take(cut)
    }
    assert.ok(instance.taken.length + instance.broken.length >= 1)
    assert.ok(isJudged(instance, 3), `run ${run}`)
  }
})

test('a head that is none, and sizes beyond the message: nothing is taken', () => {
  const empty = Object.assign([], { length: 2 ** 32 - 1 })
  const heads: readonly unknown[] = [
    undefined,
    7,
    { outputs: 7, texts: [] },
    { outputs: [null], texts: [] },
    { outputs: [{ name: 'label', width: 2 ** 40, values: 'texts' }], texts: ['a'] },
    { outputs: [{ name: 'label', width: -1, values: 'Uint8Array' }], texts: [] },
    { outputs: [{ name: 'label', width: 1, values: '__proto__' }], texts: [] },
    { outputs: [{ name: 'label', width: 1, values: 'constructor' }], texts: [] },
    { outputs: [{ name: 'label', width: {}, values: 'Float64Array' }], texts: [] },
    { outputs: [{ name: 'label', width: 1, values: 'texts' }], texts: undefined },
    // A few bytes name a text as often as they like; and an array of any length takes a few bytes if there is nothing in it.
    { outputs: [{ name: 'label', width: 1, values: 'texts' }], texts: ['x'.repeat(300_000)] },
    { outputs: empty, texts: [] },
    { outputs: [], texts: empty },
  ]
  for (const head of heads)
    for (const length of [1, 2 ** 32 - 1]) {
      const writer = new FrameWriter()
      writer.begin(0)
      for (const each of [1, length, 1]) writer.whole(each)
      writer.value(head)
      writer.numbers(Float64Array.of(1))
      writer.numbers(Uint32Array.of(0))
      const instance = receiver()
      instance.take(writer.end())
      assert.ok(isJudged(instance, 1))
      assert.throws(
        () => checkedScores((instance.taken[0] as { scores?: unknown } | undefined)?.scores, outputs, 1),
        /no result for 1 records/,
      )
    }
})

test('labels without end are looked at no further than the rows go', () => {
  const labels = Object.assign([], { length: 2 ** 32 - 1 })
  assert.throws(() => checkedScores({ ...plain([1]), labels }, [{ name: 'y', type: 'float32', width: 1 }], 1), /no result for 1 records/)
})

test('arrays that are too short are no result: nothing is made up for the rows that they lack', () => {
  const outputs: readonly ModelOutput[] = [{ name: 'y', type: 'float32', width: 1 }]
  const whole = plain([1, 2, 3, 4])
  const short: readonly Scores[] = [
    { ...whole, outputs: [number('y', Float32Array.of(1, 2, 3))] },
    { ...whole, score: Float64Array.of(1, 2, 3) },
    { ...whole, labels: ['a', 'b', 'c'] },
    { ...whole, noResult: Uint8Array.of(0, 0, 0) },
    { ...whole, outputs: [{ name: 'y', kind: 'text', width: 1, shape: [], values: ['a', 'b', 'c'] }] },
  ]
  const send = sender()
  const instance = receiver()
  for (const scores of [whole, ...short]) instance.take(send(answerOf(scores)))
  const [first, ...others] = instance.taken.map(each => (each as { readonly scores: unknown }).scores)
  assert.is(others.length, short.length)
  checkedScores(first, outputs, 4)
  for (const given of others) assert.throws(() => checkedScores(given, outputs, 4), /no result for 4 records/)
})

test.run()
