import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { env } from '../../base/index.ts'
import { UndoJournal } from '../../stores/index.ts'
import { Punctuations } from '../../topology/punctuation.ts'

const test = suite('punctuations')

const hourMs = 3_600_000

test('a wall clock that is set back holds up no punctuation for longer than its interval', async () => {
  const punctuations = new Punctuations(new UndoJournal())
  const called: number[] = []
  punctuations.add(100, 'wall-clock', at => void called.push(at))
  const back = env.now() - hourMs
  assert.not(await punctuations.fire('wall-clock', back))
  assert.not(await punctuations.fire('wall-clock', back + 99))
  assert.ok(await punctuations.fire('wall-clock', back + 100))
  assert.ok(await punctuations.fire('wall-clock', back + 200))
  assert.equal(called, [back + 100, back + 200])
})

test('a clock that jumps ahead over several intervals calls once, and goes on from there', async () => {
  const punctuations = new Punctuations(new UndoJournal())
  let calls = 0
  punctuations.add(100, 'wall-clock', () => void calls++)
  const ahead = env.now() + hourMs
  assert.ok(await punctuations.fire('wall-clock', ahead))
  assert.not(await punctuations.fire('wall-clock', ahead))
  assert.ok(await punctuations.fire('wall-clock', ahead + 100))
  assert.is(calls, 2)
})

test.run()
