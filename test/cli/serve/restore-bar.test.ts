import { PassThrough } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RestoreBar } from '../../../cli/serve/restore-bar.ts'
import { holds } from '../../support/eventually.ts'

const test = suite('RestoreBar')

const terminal = (isTTY: boolean): { readonly stream: PassThrough & { isTTY: boolean }; text: () => string } => {
  const stream = Object.assign(new PassThrough(), { isTTY, cursorTo: () => true, clearLine: () => true })
  const chunks: string[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()))
  return { stream, text: () => chunks.join('') }
}
const progress = (task: string, share: number, done = false): Parameters<RestoreBar['update']>[0] => ({
  task,
  store: 's',
  records: 1,
  milliseconds: 1,
  share,
  done,
})

test('a restore that ends at once shows no bar', () => {
  const { stream, text } = terminal(true)
  const bar = new RestoreBar(stream)
  bar.update(progress('0_0', 1, true))
  bar.update(progress('0_1', 1, true))
  assert.is(text(), '')
})

test('all tasks in one bar, until the last is done', async () => {
  const { stream, text } = terminal(true)
  const bar = new RestoreBar(stream)
  bar.update(progress('0_0', 0.5))
  bar.update(progress('0_1', 0))
  await holds(() => assert.match(text(), /25 % \| 25 of 100 % of the state restored/))
  bar.update(progress('0_0', 1, true))
  bar.update(progress('0_1', 1, true))
  bar.update(progress('0_2', 1, true))
})

test('without a terminal there is no bar', () => {
  const { stream, text } = terminal(false)
  new RestoreBar(stream).update(progress('0_0', 0.5))
  assert.is(text(), '')
})

test.run()
