import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Scheduler } from './scheduler.ts'
import { SimProcess } from './sim-process.ts'

const test = suite('scheduler')

test('time jumps from event to event, and events of one moment keep their order', async () => {
  const scheduler = new Scheduler()
  const seen: string[] = []
  const note = (text: string) => () => void seen.push(`${scheduler.now} ${text}`)
  scheduler.after(3_600_000, undefined, 'late', note('late'))
  scheduler.after(5, undefined, 'first', note('first'))
  scheduler.after(5, undefined, 'second', note('second'))
  scheduler.cancel(scheduler.after(6, undefined, 'cancelled', note('cancelled')))
  assert.is(await scheduler.run(() => false, 4_000_000), false)
  assert.equal(seen, ['5 first', '5 second', '3600000 late'])
})

test('what follows from an event without another one happens before the next', async () => {
  const scheduler = new Scheduler()
  const seen: string[] = []
  const chain = async (): Promise<void> => {
    for (let step = 0; step < 50; step++) await Promise.resolve()
    process.nextTick(() => void Promise.resolve().then(() => seen.push(`chain of ${scheduler.current?.name}`)))
  }
  const owner = new SimProcess('one', 0)
  scheduler.after(1, owner, 'chain', () => void chain())
  scheduler.after(1, undefined, 'next', () => void seen.push('next'))
  await scheduler.run(() => false, 10)
  assert.equal(seen, ['chain of one', 'next'])
})

test('nothing of a dead process happens, and what a frozen one missed happens when it thaws', async () => {
  const scheduler = new Scheduler()
  const seen: string[] = []
  const dead = new SimProcess('dead', 0)
  const frozen = new SimProcess('frozen', 0)
  scheduler.after(2, dead, 'timer', () => void seen.push('dead'))
  for (const at of [2, 3]) scheduler.after(at, frozen, 'timer', () => void seen.push(`${at} at ${scheduler.now}`))
  scheduler.after(1, undefined, 'kill', () => dead.die())
  scheduler.after(1, undefined, 'freeze', () => scheduler.freeze(frozen))
  scheduler.after(9, undefined, 'thaw', () => scheduler.thaw(frozen))
  await scheduler.run(() => false, 10)
  assert.equal(seen, ['2 at 9', '3 at 9'])
})

test('a world in which time does not pass ends', async () => {
  const scheduler = new Scheduler()
  const again = (): void => void scheduler.after(0, undefined, 'again', again)
  again()
  const ended = await scheduler.run(() => false, 10).catch(String)
  assert.match(String(ended), /time stands still/)
})

test.run()
