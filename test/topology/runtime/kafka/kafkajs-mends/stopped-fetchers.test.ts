import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mendedModule } from '../../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import type { FetchManager } from '../../../../../topology/runtime/kafka/kafkajs-mends/stopped-fetchers.ts'

const test = suite('kafkajs: fetchers of a consumer that is stopped')

/** kafkajs' own fetch manager. */
const create = mendedModule('src/consumer/fetchManager.js') as (options: object) => FetchManager

const silent = { namespace: () => silent, debug: () => undefined, info: () => undefined }
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

test('those that are made because a broker has gone end, though the consumer was stopped before', async () => {
  let nodes = ['1', '2']
  let fetches = 0
  let answer: (() => void) | undefined
  const manager = create({
    logger: silent,
    getNodeIds: () => nodes,
    handler: () => Promise.resolve(),
    fetch: async (node: string) => {
      // Without a turn of the event loop nothing else would stop it.
      if (++fetches > 1000) throw new Error('it fetches for ever')
      if (answer === undefined && node === '1') await new Promise<void>(resolve => (answer = resolve))
      else if (node === '2') await turn()
      return []
    },
  })
  const running = manager.start()
  await turn()
  nodes = ['1']
  await turn()
  await manager.stop()
  answer?.()
  await running
  assert.ok(fetches < 10, `${fetches} fetches`)
})

test('a manager that is not stopped makes new ones, which fetch', async () => {
  let nodes = ['1', '2']
  const asked: string[] = []
  const manager = create({
    logger: silent,
    getNodeIds: () => nodes,
    handler: () => Promise.resolve(),
    fetch: async (node: string) => {
      asked.push(node)
      await turn()
      return []
    },
  })
  const running = manager.start()
  await turn()
  nodes = ['3']
  for (let turns = 0; turns < 10; turns++) await turn()
  assert.ok(
    asked.slice(-3).every(node => node === '3'),
    asked.join(' '),
  )
  await manager.stop()
  await running
})

test.run()
