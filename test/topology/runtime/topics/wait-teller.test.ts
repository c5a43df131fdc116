import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { useEnv } from '../../../../base/index.ts'
import { WaitTeller } from '../../../../topology/runtime/topics/wait-teller.ts'
import { FakeEnv } from '../../../support/fake-env.ts'

const test = suite<{ env: FakeEnv; back: () => void; told: string[]; teller: WaitTeller }>('waits that are told')

test.before.each(context => {
  context.env = new FakeEnv()
  context.back = useEnv(context.env)
  context.told = []
  context.teller = new WaitTeller(({ what, seconds, over }) => context.told.push(`${what} ${seconds}${over ? ' over' : ''}`))
})
test.after.each(({ back }) => back())

test('a wait is told after 3 s, then every 10 s, and its end', async ({ env, told, teller }) => {
  let records = 1
  teller.begin(() => `${records} records`)
  await env.run(2900)
  assert.equal(told, [])
  await env.run(200)
  records = 5
  teller.begin(() => 'something else')
  await env.run(20_000)
  assert.equal(told, ['1 records 3', '5 records 13', '5 records 23'])
  teller.end()
  await env.run(60_000)
  assert.equal(told.slice(3), ['5 records 23 over'])
})

test('progress begins the wait anew, and is told if the wait was', async ({ env, told, teller }) => {
  teller.begin(() => 'it')
  await env.run(2500)
  teller.progress()
  await env.run(2500)
  assert.equal(told, [])
  await env.run(1000)
  teller.progress()
  await env.run(3000)
  assert.equal(told, ['it 3', 'it 4 over', 'it 3'])
})

test('what ends soon, or is given up, is not told', async ({ env, told, teller }) => {
  teller.begin(() => 'soon')
  teller.end()
  teller.progress()
  await env.run(60_000)
  assert.equal(told, [])
  teller.begin(() => 'never')
  await env.run(3000)
  teller.giveUp()
  await env.run(60_000)
  assert.equal(told, ['never 3'])
})

test.run()
