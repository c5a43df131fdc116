import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { STORE } from './memory-group.ts'
import { get, withTwoInstances } from './two-instances.ts'

const test = suite('instances that advertise the same address')

test('both instances are reported: in the list of instances, in metrics and in the failing request', () =>
  withTwoInstances(
    async ({ a, b, group, servers }) => {
      group.put('c', 1)
      const listed = async () => (await get(servers.a, '/state/instances?details=true')).body as unknown as { sharesAddress?: true }[]
      const conflicts = async (server: (typeof servers)['a']): Promise<string | undefined> =>
        /^sluice_address_conflicts (\d+)$/m.exec(await (await fetch(`http://${server.host}:${server.port}/metrics`)).text())?.[1]
      assert.equal(
        (await listed()).map(each => each.sharesAddress),
        [undefined, undefined],
      )
      assert.is(await conflicts(servers.a), '0')
      b.self = { ...a.self }
      assert.equal(
        (await listed()).map(each => each.sharesAddress),
        [true, true],
      )
      for (const server of [servers.a, servers.b]) assert.is(await conflicts(server), '1')
      const failed = await get(servers.a, `/state/${STORE}/keys/c`)
      assert.equal([failed.status, failed.body['code']], [503, 'STORE_NOT_READY'])
      assert.match(String(failed.body['error']), /2 instances advertise the address 127\.0\.0\.1:\d+.*advertise/)
      a.instances = () => Promise.reject(new Error('no broker'))
      assert.is(await conflicts(servers.a), undefined)
    },
    { retryMs: 0 },
  ))

test.run()
