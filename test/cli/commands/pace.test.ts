import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Pace } from '../../../cli/commands/pace.ts'

const open = new AbortController().signal

/** Sends the given number of records; returns how long that took, ms. */
async function send(pace: Pace, count: number): Promise<number> {
  const started = performance.now()
  for (let at = 0; at < count; at++) {
    await pace.wait(open)
    pace.count()
  }
  return performance.now() - started
}

const test = suite('pace of sending')

test('records keep their distance, from the first on', async () => {
  const took = await send(new Pace(100), 30)
  assert.ok(took >= 285, `${took} ms`)
})

test('what a slow receiver delayed is made up for', async () => {
  const pace = new Pace(4)
  await sleep(1000)
  const took = await send(pace, 4)
  assert.ok(took < 700, `${took} ms`)
})

test('what the input delayed is not: the records after a pause keep their distance too', async () => {
  const pace = new Pace(100)
  await send(pace, 5)
  for (const pause of [300, 200]) {
    const started = performance.now()
    await sleep(pause)
    pace.idled(performance.now() - started)
  }
  const took = await send(pace, 30)
  assert.ok(took >= 285, `${took} ms`)
})

test('a rate of years between two records waits, until the signal', async () => {
  const pace = new Pace(1e-9)
  pace.count()
  const abort = new AbortController()
  const ended: string[] = []
  const waiting = pace.wait(abort.signal).then(() => ended.push('ended'))
  await sleep(50)
  assert.equal(ended, [])
  abort.abort()
  await waiting
})

test('without a rate nothing waits', async () => {
  const pace = new Pace(undefined)
  pace.idled(10_000)
  await send(pace, 1000)
})

test.run()
