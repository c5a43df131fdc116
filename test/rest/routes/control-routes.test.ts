import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MemoryControls } from '../memory-controls.ts'
import type { MemoryGroup } from '../memory-group.ts'
import { get, type Got, type TwoInstances, withTwoInstances } from '../two-instances.ts'

const test = suite('control routes')

/** Two instances with the controls of one or two streams. */
async function withControls(run: (both: TwoInstances, controls: MemoryControls) => Promise<void>, names = ['numbers']): Promise<void> {
  let group: MemoryGroup | undefined
  const controls = names.map(name => new MemoryControls(() => group as MemoryGroup, name))
  await withTwoInstances(
    async both => {
      group = both.group
      await run(both, controls[0] as MemoryControls)
    },
    { controls },
  )
}

const put = (both: TwoInstances, path: string, body: unknown): Promise<Got> =>
  get(both.servers.a, path, { method: 'PUT', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })

test('what is put is there, at every instance', () =>
  withControls(async both => {
    assert.equal((await put(both, '/controls/a', 5)).body, { stream: 'numbers', topic: 'controls', key: 'a', partition: 0, offset: 0 })
    assert.is((await put(both, '/controls/b?wait=1', 6)).body['state'], 'in force')
    for (const server of Object.values(both.servers)) {
      assert.equal((await get(server, '/controls/a')).body, {
        stream: 'numbers',
        key: 'a',
        control: 5,
        from: 0,
        partition: 0,
        offset: 0,
        waiting: [],
      })
      const list = (await get(server, '/controls')).body as { controls: { key: string }[] }
      assert.equal(
        list.controls.map(({ key }) => key),
        ['a', 'b'],
      )
    }
  }))

const outcomes: readonly (readonly [body: number, status: number, facts: object])[] = [
  [1, 200, { state: 'in force' }],
  [-1, 200, { state: 'waiting' }],
  [101, 422, { rule: 'at most 100', error: 'more', code: 'CONTROL_REFUSED' }],
]

for (const [body, status, facts] of outcomes)
  test(`the outcome of ${body} is told`, () =>
    withControls(async both => {
      const answer = await put(both, '/controls/a?wait=1', body)
      assert.equal(
        [answer.status, answer.body],
        [status, { stream: 'numbers', topic: 'controls', key: 'a', partition: 0, offset: 0, ...facts }],
      )
    }))

test('a record that is not applied is pending; one that another followed is superseded', () =>
  withControls(async (both, controls) => {
    controls.applies = false
    const pending = await put(both, '/controls/a?wait=1', 1)
    assert.equal([pending.status, pending.body['code']], [504, 'PUBLISH_PENDING'])
    const waited = put(both, '/controls/a?wait=5', 1)
    while (controls.written < 2) await new Promise(resolve => setTimeout(resolve, 5))
    controls.applies = true
    await put(both, '/controls/a?wait=1', 2)
    assert.is((await waited).body['state'], 'superseded')
  }))

test('one that another withdrew before it was seen is superseded, though the key has no control', () =>
  withControls(async (both, controls) => {
    controls.applies = false
    const waited = put(both, '/controls/a?wait=20', 1)
    while (controls.written < 1) await new Promise(resolve => setTimeout(resolve, 5))
    controls.applies = true
    assert.is((await get(both.servers.b, '/controls/a?wait=1', { method: 'DELETE' })).body['state'], 'withdrawn')
    assert.is((await waited).body['state'], 'superseded')
  }))

test('one whose time came together with that of a later control is superseded', () =>
  withControls(async (both, controls) => {
    controls.applies = false
    const waited = put(both, '/controls/a?wait=5', 1)
    while (controls.written < 1) await new Promise(resolve => setTimeout(resolve, 5))
    const current = { control: 7, from: 5, partition: 0, offset: 90 }
    both.group.put('a', { current, waiting: [], last: { partition: 0, offset: 0 }, refused: undefined })
    assert.is((await waited).body['state'], 'superseded')
  }))

test('one that is refused without a note, for which its row has no room, is refused all the same', () =>
  withControls(async (both, controls) => {
    await put(both, '/controls/a?wait=1', 5)
    controls.applies = false
    const waited = put(both, '/controls/a?wait=20', 101)
    while (controls.written < 2) await new Promise(resolve => setTimeout(resolve, 5))
    controls.applies = true
    const { status, body } = await waited
    assert.equal([status, body['code'], body['rule']], [422, 'CONTROL_REFUSED', 'unknown'])
    assert.match(String(body['error']), 'no room for the reason')
  }))

test('a body that is nested too deeply is refused before it is parsed', () =>
  withControls(async (both, controls) => {
    const text = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    const headers = { 'content-type': 'application/json' }
    const { status, body } = await get(both.servers.a, '/controls/a', { method: 'PUT', body: text, headers })
    assert.equal([status, body['code'], controls.written], [400, 'INPUT_INVALID', 0])
    assert.match(String(body['error']), 'nested deeper')
  }))

test('DELETE withdraws', () =>
  withControls(async both => {
    await put(both, '/controls/a?wait=1', 5)
    assert.is((await get(both.servers.b, '/controls/a?wait=1', { method: 'DELETE' })).body['state'], 'withdrawn')
    assert.is((await get(both.servers.a, '/controls/a')).status, 404)
  }))

test('a withdrawal that is not applied is pending, though the key has no control to be seen', () =>
  withControls(async (both, controls) => {
    controls.applies = false
    const pending = await get(both.servers.a, '/controls/a?wait=1', { method: 'DELETE' })
    assert.equal([pending.status, pending.body['code']], [504, 'PUBLISH_PENDING'])
    controls.applies = true
    assert.is((await get(both.servers.a, '/controls/a?wait=1', { method: 'DELETE' })).body['state'], 'withdrawn')
  }))

test('with several streams, one must be named', () =>
  withControls(
    async both => {
      const unnamed = await get(both.servers.a, '/controls')
      assert.equal([unnamed.status, unnamed.body['code']], [400, 'INPUT_INVALID'])
      assert.match(String(unnamed.body['error']), 'stream')
      assert.is((await get(both.servers.a, '/controls?stream=two')).body['stream'], 'two')
      assert.is((await put(both, '/controls/a?stream=two', 1)).body['stream'], 'two')
    },
    ['one', 'two'],
  ))

test('the serde of the stream refuses a body', () =>
  withControls(async both => {
    const answer = await put(both, '/controls/a', 'text')
    assert.equal([answer.status, answer.body['error']], [400, 'not a number'])
  }))

test('too many within a minute are refused', () =>
  withControls(async both => {
    for (let count = 0; count < 60; count++) assert.is((await put(both, '/controls/a', count)).status, 202)
    assert.is((await put(both, '/controls/a', 1)).status, 429)
  }))

test('without controlled streams there are no such routes', () =>
  withTwoInstances(async both => assert.is((await get(both.servers.a, '/controls')).status, 404)))

test.run()
