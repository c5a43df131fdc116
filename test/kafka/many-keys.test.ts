import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { sameOnBoth, settled, tookOver, withPair } from './queried-instances.ts'

const test = suite('many keys on two instances')
const count = Number(process.env['MANY_KEYS'] ?? 2000)
const keys = (many: number): string[] => Array.from({ length: many }, (_, at) => `key-${String(at).padStart(6, '0')}`)

test(`${count} keys: the same answers on both, and no wrong ones while an instance is killed and comes back`, async () => {
  const all = keys(count)
  await withPair(all, async (both, asker, write) => {
    await sameOnBoth(both, all, 1)
    asker.start(both)
    await write()
    await sleep(500)
    await both[1].kill()
    await write()
    await sleep(2000)
    await both[1].start()
    await write()
    await settled(both, all, 4)
    await asker.stop()
    await sameOnBoth(both, all, 4)
  })
})

test('an instance suspended for longer than its session does not answer for keys that it no longer owns', async () => {
  const all = keys(100)
  await withPair(all, async (both, asker, write) => {
    asker.start(both)
    both[1].freeze()
    await write()
    await tookOver(both[0], all, 2)
    await Promise.all(all.map(key => asker.ask(both[0], key)))
    // These requests wait for it when it continues, before it has learned that it no longer owns the keys.
    const burst: Promise<unknown>[] = all.flatMap(key => [asker.askPage(both[1]), asker.ask(both[1], key)])
    await sleep(200)
    both[1].thaw()
    await Promise.all(burst)
    await write()
    await settled(both, all, 3)
  })
})

test.run()
