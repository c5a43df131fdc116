import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DurationSketch } from '../../../stores/models/duration-sketch.ts'

const sketches = suite('DurationSketch')

const duration = fc.double({ min: 0.001, max: 1e6, noNaN: true })
const call = fc.record({ ms: duration, count: fc.integer({ min: 1, max: 1000 }) })
const calls = fc.array(call, { minLength: 1, maxLength: 60 })
type Calls = readonly { readonly ms: number; readonly count: number }[]

function sketchOf(of: Calls): DurationSketch {
  const sketch = new DurationSketch()
  for (const { ms, count } of of) sketch.add(ms, count)
  return sketch
}

/** The duration that this part of the records did not exceed. */
function quantileOf(of: Calls, part: number): number {
  const sorted = of.toSorted((a, b) => a.ms - b.ms)
  const rank = part * (sorted.reduce((sum, { count }) => sum + count, 0) - 1)
  let before = 0
  for (const { ms, count } of sorted) if ((before += count) > rank) return ms
  return NaN
}

sketches('quantiles are within 2 %, also after a row, and after a sum', () => {
  fc.assert(
    fc.property(calls, calls, fc.constantFrom(0, 0.5, 0.95, 0.99, 1), (one, other, part) => {
      const sum = sketchOf(one)
      sum.addAll(new DurationSketch(sketchOf(other).toBytes()))
      for (const sketch of [sum, new DurationSketch(sum.toBytes())]) {
        const [found, exact] = [sketch.quantile(part) ?? NaN, quantileOf([...one, ...other], part)]
        assert.ok(Math.abs(found - exact) <= exact * 0.0201, `${found} is not ${exact}`)
      }
    }),
  )
})

sketches('a row has one form, whatever the order, and what was undone is gone', () => {
  fc.assert(
    fc.property(calls, calls, (one, other) => {
      const sketch = sketchOf(one)
      for (const { ms, count } of other) sketch.add(ms, count)
      assert.equal(sketch.toBytes(), sketchOf([...other, ...one].toReversed()).toBytes())
      for (const { ms, count } of other.toReversed()) sketch.remove(ms, count)
      assert.equal(sketch.toBytes(), sketchOf(one).toBytes())
    }),
  )
})

sketches('nothing is known of nothing, and any number is a duration', () => {
  const empty = new DurationSketch()
  assert.equal([empty.quantile(0.5), empty.toBytes()], [undefined, new Uint8Array()])
  const strange = sketchOf([NaN, 0, -1, Infinity].map(ms => ({ ms, count: 1 })))
  assert.ok((strange.quantile(0) ?? NaN) > 0.0009)
  assert.ok((strange.quantile(1) ?? NaN) < 1.03e8)
  const large = sketchOf([{ ms: 1, count: 2 ** 45 }])
  assert.equal(new DurationSketch(large.toBytes()).quantile(0.5), large.quantile(0.5))
})

sketches('bytes of any kind are read in bounded memory', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), bytes => {
      const sketch = new DurationSketch(bytes)
      sketch.add(1, 1)
      assert.ok((sketch.quantile(0.5) ?? 0) > 0)
      assert.ok(sketch.toBytes().length < 10_000)
    }),
  )
})

sketches.run()
