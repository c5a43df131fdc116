import { getEventListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { orAborted, pause } from '../../base/waits.ts'

const test = suite<{ warnings: string[]; listener: (warning: Error) => void }>('waits')
test.before.each(context => {
  context.warnings = []
  context.listener = warning => context.warnings.push(warning.message)
  process.on('warning', context.listener)
})
test.after.each(context => void process.off('warning', context.listener))

const many = 600
const never = new Promise<void>(() => undefined)

test('as many as there are tasks wait with one signal, without a warning of a leak', async ({ warnings }) => {
  const stop = new AbortController()
  const waits = Array.from({ length: many }, (_, at) => (at % 2 === 0 ? pause(3_600_000, stop.signal) : orAborted(never, stop.signal)))
  await setImmediate()
  assert.is(getEventListeners(stop.signal, 'abort').length, 1)
  stop.abort()
  assert.equal(new Set(await Promise.all(waits)), new Set([undefined]))
  await setImmediate()
  assert.equal(warnings, [])
  assert.is(getEventListeners(stop.signal, 'abort').length, 0)
})

test('a wait that has ended leaves nothing behind, and the others go on', async ({ warnings }) => {
  const stop = new AbortController()
  for (let round = 0; round < 3; round++) {
    const longer = pause(3_600_000, stop.signal)
    const ends = Array.from({ length: many }, (_, at) =>
      at % 2 === 0 ? pause(1, stop.signal) : orAborted(Promise.resolve(at), stop.signal),
    )
    assert.is((await Promise.all(ends))[3], 3)
    assert.is(getEventListeners(stop.signal, 'abort').length, 1)
    assert.is(await Promise.race([longer.then(() => 'ended'), setImmediate('waits')]), 'waits')
  }
  stop.abort()
  assert.equal(warnings, [])
})

test('once the signal has aborted nobody waits', async () => {
  const { signal } = { signal: AbortSignal.abort() }
  await pause(3_600_000, signal)
  assert.is(await orAborted(never, signal), undefined)
  assert.is(getEventListeners(signal, 'abort').length, 0)
})

test('a failure is thrown, and after the end of the wait ignored', async () => {
  const stop = new AbortController()
  const failure = new Error('refused')
  assert.is(await orAborted(Promise.reject(failure), stop.signal).catch((error: unknown) => error), failure)
  assert.is(getEventListeners(stop.signal, 'abort').length, 0)
  const late = orAborted(
    setImmediate().then(() => Promise.reject(failure)),
    stop.signal,
  )
  stop.abort()
  assert.is(await late, undefined)
  await setImmediate()
})

test.run()
