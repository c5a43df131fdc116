import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { env, pause } from '../../../../base/index.ts'
import { againWhenLost } from '../../../../topology/runtime/commit/again-when-lost.ts'
import { TransactionLostError } from '../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { inFakeEnv } from '../../../support/fake-env.ts'

const test = suite('work on a transactional id that is interrupted')

interface Told {
  readonly at: number
  readonly text: string
}

/** Runs the work in a world of its own for ten minutes; `deadlineMs` is from its beginning. Returns how it ended, and when. */
function outcome(
  deadlineMs: number,
  work: () => Promise<string>,
  ids: readonly string[] = ['id'],
): Promise<{ ended: string; tookMs: number; told: readonly Told[] }> {
  return inFakeEnv(async world => {
    const started = env.monotonic()
    const told: Told[] = []
    const log = (level: string, message: string, fields: object): void =>
      void told.push({ at: Math.round(env.monotonic() - started), text: `${level} ${message} ${JSON.stringify(fields)}` })
    const result = { ended: 'not at all', tookMs: Infinity }
    const end = (ended: string): void => void Object.assign(result, { ended, tookMs: Math.round(env.monotonic() - started) })
    const deadline = started + deadlineMs
    void Promise.all(ids.map(transactionalId => againWhenLost(work, { transactionalId, deadline, log }))).then(
      ([done]) => end(String(done)),
      error => end((error as Error).message),
    )
    await world.run(600_000)
    return { ...result, told }
  })
}

const lost = (): Promise<string> => Promise.reject(new TransactionLostError('the connection was lost'))

test('it is tried again until it succeeds, and nothing is said of what takes milliseconds', async () => {
  let tries = 0
  const { ended, told } = await outcome(20_000, () => (++tries < 4 ? lost() : Promise.resolve('done')))
  assert.equal([ended, tries, told], ['done', 4, []])
})

test('other errors are thrown at once', async () => {
  const { ended, tookMs } = await outcome(20_000, () => Promise.reject(new Error('refused')))
  assert.equal([ended, tookMs], ['refused', 0])
})

test('no attempt begins after the deadline, however long each takes', async () => {
  const slow = (): Promise<string> => pause(7000).then(lost)
  const { ended, tookMs } = await outcome(20_000, slow)
  assert.is(ended, 'the connection was lost')
  assert.ok(tookMs >= 20_000 && tookMs < 28_000, `${tookMs} ms`)
})

test('what is waited for is said every 5 s, in the middle of an attempt too, with the reason of the last one', async () => {
  let tries = 0
  const { ended, told } = await outcome(60_000, () => (++tries === 1 ? pause(12_000).then(lost) : pause(6000).then(() => 'done')))
  assert.is(ended, 'done')
  assert.equal(
    told.map(({ at }) => at),
    [5000, 10_000, 15_000],
  )
  assert.match(told[0]?.text ?? '', /^warn waiting for the coordinator .*"transactionalId":"id","seconds":5/)
  assert.not.match(told[0]?.text ?? '', /was lost/)
  assert.match(told[2]?.text ?? '', /the connection was lost/)
})

test('of many ids at once one line is written', async () => {
  const { told } = await outcome(60_000, () => pause(11_000).then(() => 'done'), ['a', 'b', 'c'])
  assert.equal(
    told.map(({ at }) => at),
    [5000, 10_000],
  )
})

test.run()
