import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { env, every, nextTurn, openServer, openSocket, pause, systemEnv, useEnv } from '../../base/index.ts'
import { inFakeEnv, systemTimersMadeIn } from '../support/fake-env.ts'
import { anHour, withClock } from '../support/set-clock.ts'

const test = suite('Env')

test('by default the real Env is used', async () => {
  const real = Date.now()
  assert.ok(Math.abs(env.now() - real) < 1000)
  assert.ok(Math.abs(await withClock(anHour, () => env.now() - real - anHour)) < 1000, 'also with a clock that was set')
  assert.ok(env.monotonic() > 0)
  const before = env.monotonic()
  await pause(5)
  await nextTurn()
  assert.ok(env.monotonic() > before)
  assert.match(env.uuid(), /^[\da-f]{8}-[\da-f]{4}-4/)
  const random = env.random()
  assert.ok(random >= 0 && random < 1)
  assert.is(env.connect, undefined)
  assert.is(env.createServer, undefined)
})

test('a pause of an hour passes with the time of the Env, and makes no timer of the system', async () => {
  const made = await systemTimersMadeIn(() =>
    inFakeEnv(async world => {
      let over = false
      const waited = pause(anHour).then(() => (over = true))
      await world.run(anHour - 1)
      assert.not(over)
      await world.run(1)
      assert.ok(over)
      await waited
      assert.is(env.now(), world.now())
    }),
  )
  assert.is(made, 0)
  assert.is(await systemTimersMadeIn(() => pause(1)), 1)
})

test('an aborted pause ends at once, and leaves no timer', () =>
  inFakeEnv(async world => {
    const stop = new AbortController()
    const waited = pause(anHour, stop.signal)
    stop.abort()
    await waited
    await pause(anHour, stop.signal)
    assert.is(env.monotonic(), world.monotonic())
  }))

test('a repeated timer runs until it is cancelled, also by itself', () =>
  inFakeEnv(async world => {
    const at: number[] = []
    const timer = every(10, () => {
      at.push(world.monotonic() - 1)
      if (at.length === 3) timer.cancel()
    })
    await world.run(1000)
    assert.equal(at, [10, 20, 30])
  }))

for (const end of ['cancelled', 'let go']) {
  test(`a timer of the system that is ${end} does not keep the process, whether it runs once or again and again`, async () => {
    // `getActiveResourcesInfo` lists what keeps the process. The test itself may be within a timer, until its first pause.
    const kept = (): number => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
    await pause(1)
    const before = kept()
    const timers = [env.timer(anHour, () => undefined), every(1, () => undefined)]
    // The second has been made anew meanwhile.
    await pause(20)
    const both = kept()
    const done = end === 'cancelled' ? 'cancel' : 'unref'
    for (const timer of timers) timer[done]()
    await pause(20)
    assert.is(both - kept(), 2)
    assert.is(kept(), before)
    for (const timer of timers) timer.cancel()
  })
}

test('the former Env is restored', () => {
  const [first, second] = [1, 2].map(now => ({ ...systemEnv, now: () => now })) as [typeof systemEnv, typeof systemEnv]
  const toReal = useEnv(first)
  const toFirst = useEnv(second)
  assert.is(env.now(), 2)
  toFirst()
  assert.is(env.now(), 1)
  toReal()
  assert.ok(env.now() > 2)
})

test("connections and servers of instances go through the Env's doors, with `this`", () =>
  inFakeEnv(async world => {
    const socket = openSocket({ host: 'h', port: 7, keepAlive: true })
    const failed = new Promise<Error>(resolve => socket.once('error', resolve))
    await world.run(10)
    assert.match((await failed).message, 'refused')
    assert.equal(world.asked, ['1.000 h:7'])
    const server = { listening: false } as never
    const back = useEnv({ ...systemEnv, createServer: () => server })
    assert.is(
      openServer({}, () => undefined),
      server,
    )
    back()
  }))

test.run()
