import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { attacks } from '../../bench/neighbour/attacks.ts'
import { hostileModels, trigger } from '../../bench/neighbour/hostile-models.ts'
import { brokenIn } from '../../bench/neighbour/verdict.ts'
import * as built from '../models/hostile-onnx.ts'

const test = suite('the neighbour bench')

test('its hostile models are those of the tests', () => {
  const { trappingOnnx, hangingOnnx, growingOnnx, endlessOnnx } = built
  const expected = { trapping: trappingOnnx(), hanging: hangingOnnx(), growing: growingOnnx(), endless: endlessOnnx() }
  for (const [name, bytes] of Object.entries(expected)) assert.ok(hostileModels[name as keyof typeof expected].equals(bytes), name)
  assert.is(trigger, built.trigger)
})

test('a case holds if nothing is lost or doubled, nothing fails, and nothing waits long', () => {
  const seen = { sent: 8000, lost: 0, failed: 0, p50: 5, p99: 99.9, gap: 499, echo: 5, beyond: 200 }
  assert.equal(brokenIn(seen), [])
  const broken = [{ sent: 0 }, { lost: 1 }, { lost: -1 }, { failed: 1 }, { p99: 100 }, { p99: NaN }, { gap: 500 }, { gap: NaN }]
  assert.equal(
    broken.map(each => brokenIn({ ...seen, ...each }).length),
    broken.map(() => 1),
  )
  assert.equal(brokenIn({ ...seen, p99: 300, beyond: 99 }), [], 'broker and machine themselves took the rest')
})

test('each format of data has a quiet case, and it comes first', () => {
  for (const cases of Object.values(attacks)) assert.match(Object.keys(cases)[0] ?? '', /^quiet/)
})

test.run()
