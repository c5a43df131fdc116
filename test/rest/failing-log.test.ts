import { setTimeout } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type RestLog, type Route, startRestServer } from '../../rest/index.ts'
import { MemoryGroup } from './memory-group.ts'

const test = suite('a log function that fails')

const failing: Route = {
  path: '/fails',
  summary: 'Fails',
  responses: { 200: { description: 'never' } },
  answer: () => Promise.reject(new Error('no answer')),
}

const logs: Readonly<Record<string, RestLog>> = {
  throws: () => {
    throw new Error('the log failed')
  },
  rejects: () => Promise.reject(new Error('the log failed')),
}

for (const [name, log] of Object.entries(logs)) {
  test(`it ${name}: a request that fails is answered all the same`, async () => {
    const unhandled: unknown[] = []
    const onUnhandled = (error: unknown): void => void unhandled.push(error)
    process.on('unhandledRejection', onUnhandled)
    const streams = new MemoryGroup(1).join('a', { host: '127.0.0.1', port: 1 })
    const server = await startRestServer({ streams, port: 0, log, routes: [failing] })
    try {
      const answer = await fetch(`http://127.0.0.1:${server.port}/fails`, { signal: AbortSignal.timeout(5000) })
      assert.is(answer.status, 500)
      assert.is(((await answer.json()) as { code: string }).code, 'INTERNAL')
      await setTimeout(20)
    } finally {
      await server.close()
      process.off('unhandledRejection', onUnhandled)
    }
    assert.equal(unhandled, [])
  })
}

test.run()
