import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TrialTurns } from '../../serving/trial-turns.ts'

const test = suite('turns of trials')
const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds))
const fetched = (): Promise<string> => Promise.resolve('model')

test('a model is tried beside one that does not end', async () => {
  const turns = new TrialTurns()
  let end: () => void = () => undefined
  const endless = turns.take('bad', fetched, () => new Promise<void>(resolve => (end = resolve)))
  assert.is(await turns.take('good', fetched, model => Promise.resolve(model)), 'model')
  end()
  await endless
})

test('no more are tried at a time than there is room for, and none is lost', async () => {
  const turns = new TrialTurns()
  let [now, most] = [0, 0]
  const tried: string[] = []
  await Promise.all(
    Array.from({ length: 30 }, (_, at) =>
      turns.take(`type ${at}`, fetched, async () => {
        most = Math.max(most, ++now)
        await pause(2)
        now--
        tried.push(`type ${at}`)
      }),
    ),
  )
  assert.ok(most >= 2 && most <= 4, `${most} at a time`)
  assert.is(new Set(tried).size, 30)
})

test('a data type whose trials only take time gets none any more, and others do', async () => {
  const turns = new TrialTurns(50)
  const failing = (dataType: string): Promise<string> =>
    turns
      .take(dataType, fetched, async () => {
        await pause(60)
        throw new Error('no model')
      })
      .then(
        () => 'accepted',
        (error: unknown) => (error as Error).message,
      )
  assert.is(await failing('bad'), 'no model')
  assert.match(await failing('bad'), /it is not tried: trials of its data type took/)
  assert.is(await failing('other'), 'no model')
  const slowly = turns.take('slow', () => pause(60).then(() => Promise.reject(new Error('cut'))), fetched)
  assert.match(String(await slowly.catch((error: unknown) => error)), /cut/)
  assert.match(await failing('slow'), /it is not tried/)
})

test.run()
