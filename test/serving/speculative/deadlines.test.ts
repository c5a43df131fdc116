import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Timer } from '../../../base/index.ts'
import { useEnv } from '../../../base/index.ts'
import { Deadlines } from '../../../serving/speculative/deadlines.ts'
import { FakeEnv, inFakeEnv } from '../../support/fake-env.ts'

const test = suite('deadlines')

const member = (ended: string[], name: string): { end(): void } => ({ end: () => void ended.push(name) })

test('what is due ends by a timer, in the order of the deadlines, whatever was added first', () =>
  inFakeEnv(async world => {
    const [deadlines, ended, from]: [Deadlines, string[], number] = [new Deadlines(), [], world.monotonic()]
    deadlines.add(from + 30, [member(ended, 'late a'), member(ended, 'late b')])
    deadlines.add(from + 10, [member(ended, 'early')])
    deadlines.add(from + 20, [member(ended, 'middle')])
    deadlines.add(from + 20, [member(ended, 'middle, too')])
    await world.run(9)
    assert.equal(ended, [])
    await world.run(1)
    assert.equal(ended, ['early'])
    await world.run(20)
    assert.equal(ended, ['early', 'middle', 'middle, too', 'late a', 'late b'])
  }))

test('a timer that fires before its time ends nothing, and another one follows', async () => {
  class Hasty extends FakeEnv {
    override timer(ms: number, run: () => void): Timer {
      return super.timer(ms > 3 ? ms - 3 : ms, run)
    }
  }
  const world = new Hasty()
  const leave = useEnv(world)
  try {
    const [deadlines, ended]: [Deadlines, string[]] = [new Deadlines(), []]
    deadlines.add(world.monotonic() + 20, [member(ended, 'one')])
    await world.run(19)
    assert.is(world.timersMade, 2)
    assert.equal(ended, [])
    await world.run(1)
    assert.equal(ended, ['one'])
  } finally {
    leave()
  }
})

test('what is due ends without a timer when somebody asks, and only once', () =>
  inFakeEnv(async world => {
    const [deadlines, ended, from]: [Deadlines, string[], number] = [new Deadlines(), [], world.monotonic()]
    deadlines.add(from + 10, [member(ended, 'one')])
    deadlines.add(from + 20, [member(ended, 'two')])
    world.stepMs = 10
    deadlines.keep()
    world.stepMs = 0
    assert.equal(ended, ['one'])
    await world.run(20)
    assert.equal(ended, ['one', 'two'])
  }))

test('nothing ends once they are closed', () =>
  inFakeEnv(async world => {
    const [deadlines, ended, from]: [Deadlines, string[], number] = [new Deadlines(), [], world.monotonic()]
    deadlines.add(from + 10, [member(ended, 'one')])
    deadlines.close()
    deadlines.add(from + 10, [member(ended, 'two')])
    await world.run(20)
    deadlines.keep()
    assert.equal(ended, [])
  }))

test.run()
