import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Challenger, KeyBuckets, keyHash, numberHash, textHash } from '../../../serving/routing/index.ts'
import { choices, keyCount } from './choices.ts'

const test = suite('key buckets')

/** The share of the keys at a place. */
function shareOf(chosen: Int8Array, place: number): number {
  return chosen.filter(one => one === place).length / chosen.length
}

function movedBetween(before: Int8Array, after: Int8Array): number {
  return before.filter((one, key) => one !== after[key]).length / before.length
}

test('a canary gets its share of 100,000 keys, and the keys that move when it grows are those of its growth', () => {
  const [ten, twenty] = [choices([{ id: 7, weight: 0.1 }]), choices([{ id: 7, weight: 0.2 }])]
  assert.ok(Math.abs(shareOf(ten, 0) - 0.1) < 0.01)
  assert.ok(Math.abs(shareOf(twenty, 0) - 0.2) < 0.01)
  assert.ok(Math.abs(movedBetween(ten, twenty) - 0.1) < 0.01)
  ten.forEach((one, key) => one === 0 && assert.is(twenty[key], 0))
})

test('three processes choose the same for every key', async () => {
  const module = new URL('./choices.ts', import.meta.url)
  const program = `import { choices } from ${JSON.stringify(module.href)}; import { createHash } from 'node:crypto';
    console.log(createHash('sha256').update(choices(JSON.parse(process.argv[1]))).digest('hex'))`
  const challengers = [
    { id: 7, weight: 0.1 },
    { id: 'other', weight: 0.25 },
  ]
  const run = promisify(execFile)
  const args = ['--import', 'tsx', '--input-type=module', '-e', program, JSON.stringify(challengers)]
  const answers = await Promise.all([1, 2, 3].map(() => run(process.execPath, args)))
  const here = createHash('sha256').update(choices(challengers)).digest('hex')
  for (const { stdout } of answers) assert.is(stdout.trim(), here)
})

const weights = fc
  .array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 6 })
  .chain(parts => fc.integer({ min: 1, max: 100 }).map(rest => parts.map(part => part / (parts.reduce((a, b) => a + b, 0) + rest))))

test('property: every model gets its share, and a weight that grows takes keys and loses none', () => {
  fc.assert(
    fc.property(weights, fc.nat(), (given, pick) => {
      const challengers = given.map((weight, at): Challenger => ({ id: at + 2, weight }))
      const before = choices(challengers, 20_000)
      challengers.forEach(({ weight }, at) => assert.ok(Math.abs(shareOf(before, at) - weight) < 0.02, `${weight}`))
      const grown = pick % given.length
      const spare = 1 - given.reduce((a, b) => a + b, 0)
      const more = challengers.map((one, at) => (at === grown ? { ...one, weight: one.weight + spare / 2 } : one))
      const after = choices(more, 20_000)
      before.forEach((one, key) => one === grown && assert.is(after[key], grown))
    }),
    { numRuns: 40 },
  )
})

test('property: a challenger that goes leaves every key of the others where it was, apart from those that the champion gives back', () => {
  fc.assert(
    fc.property(weights, given => {
      const challengers = given.map((weight, at): Challenger => ({ id: at + 2, weight }))
      const [all, fewer] = [choices(challengers, 5000), choices(challengers.slice(0, -1), 5000)]
      const gone = challengers.length - 1
      // The champion is the only one that weighs more afterwards: a key moves to it, or is one of the model that went.
      all.forEach((one, key) => one !== gone && one !== fewer[key] && assert.is(fewer[key], -1))
    }),
    { numRuns: 40 },
  )
})

test('the order of the challengers means nothing', () => {
  const [one, other] = [
    { id: 'a', weight: 0.3 },
    { id: 'b', weight: 0.4 },
  ] as const
  const [here, turned] = [choices([one, other], 5000), choices([other, one], 5000)]
  here.forEach((place, key) => assert.is(turned[key], place < 0 ? -1 : 1 - place))
})

test('without a key the champion answers; with all of the weight the challenger', () => {
  assert.is(new KeyBuckets([{ id: 1, weight: 0.9 }]).at(keyHash(null)), -1)
  assert.is(new KeyBuckets([]).at(keyHash(Buffer.from('a'))), -1)
  assert.ok(choices([{ id: 1, weight: 1 }], 1000).every(place => place === 0))
  // Ten times 0.1 is 0.9999999999999999.
  const ten = Array.from({ length: 10 }, (_, id) => ({ id, weight: 0.1 }))
  assert.ok(choices(ten, 1000).every(place => place >= 0))
})

test('weights that cannot be are refused', () => {
  for (const challengers of [
    [{ id: 1, weight: 0 }],
    [{ id: 1, weight: NaN }],
    [{ id: 1, weight: -0.1 }],
    [{ id: 1, weight: 1.1 }],
    [
      { id: 1, weight: 0.6 },
      { id: 2, weight: 0.5 },
    ],
    [
      { id: 1, weight: 0.1 },
      { id: '1', weight: 0.1 },
    ],
  ])
    assert.throws(
      () => new KeyBuckets(challengers),
      (error: Error) => /CONFIG_INVALID/.test(`${(error as { code?: string }).code}`),
    )
})

test('property: a text has the hash of a key with its bytes', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => assert.is(textHash(text), keyHash(Buffer.from(text)))))
  assert.is(textHash('a\ud800b'), keyHash(Buffer.from('a\ud800b')))
  assert.is(numberHash(42.5), textHash('42.5'))
})

test('choosing allocates nothing', () => {
  const buckets = new KeyBuckets([
    { id: 1, weight: 0.1 },
    { id: 2, weight: 0.2 },
  ])
  const keys = Array.from({ length: 1000 }, (_, at) => Buffer.from(`customer-${at}`))
  const round = (): number => keys.reduce((sum, key) => sum + buckets.at(keyHash(key)), 0)
  const grownBy = (): number => {
    const before = process.memoryUsage().heapUsed
    for (let again = 0; again < 200; again++) round()
    return process.memoryUsage().heapUsed - before
  }
  // One object a choice would be 200,000 of them, of 16 bytes or more, each time. What is not compiled yet boxes its numbers.
  const grown = Math.min(...Array.from({ length: 5 }, grownBy))
  assert.ok(grown < 1_000_000, `${grown} bytes for 200,000 choices`)
  assert.is(keyCount, 100_000)
})

test.run()
