import { MessageChannel } from 'node:worker_threads'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../../../base/sluice-error.ts'
import { ThreadRpc } from '../../../../topology/runtime/threads/thread-rpc.ts'

interface Far {
  double(value: number): Promise<number>
  plain(): Promise<number>
  fail(error: 'sluice' | 'other' | 'text'): Promise<void>
  uncloneable(): Promise<() => void>
  never(): Promise<void>
  note(text: string): void
}

interface Near {
  half(value: number): number
}

interface Context {
  near: ThreadRpc<Far>
  far: ThreadRpc<Near>
  noted: string[]
  end: () => void
}

const port = suite<Context>('ThreadRpc')

port.before.each(context => {
  const { port1, port2 } = new MessageChannel()
  const noted: string[] = []
  const own: Far = {
    double: async value => context.far.call('half', value * 4),
    plain: () => Promise.resolve(7),
    fail: kind => {
      const cause = new SluiceError('STORE_FAILED', 'no space')
      if (kind === 'sluice') throw new SluiceError('STORE_NOT_READY', 'not yet', { cause })
      if (kind === 'other') throw new TypeError('wrong')
      // oxlint-disable-next-line typescript/only-throw-error, no-throw-literal
      throw 'a text'
    },
    uncloneable: () => Promise.resolve(() => undefined),
    never: () => new Promise(() => undefined),
    note: text => void noted.push(text),
  }
  context.noted = noted
  context.near = new ThreadRpc<Far>(port1, { half: (value: number) => value / 2 })
  context.far = new ThreadRpc<Near>(port2, own)
  context.end = () => port1.close()
})

port.after.each(({ end }) => end())

const failureOf = async (work: Promise<unknown>): Promise<Error> => {
  try {
    await work
  } catch (error) {
    return error as Error
  }
  return assert.unreachable('it did not fail') as never
}

port('calls go both ways, and answers find their callers', async ({ near }) => {
  assert.equal(await Promise.all([near.call('double', 1), near.call('plain'), near.call('double', 21)]), [2, 7, 42])
})

port('errors keep code, message and cause', async ({ near }) => {
  const error = await failureOf(near.call('fail', 'sluice'))
  assert.instance(error, SluiceError)
  assert.equal([(error as SluiceError).code, error.message], ['STORE_NOT_READY', 'not yet'])
  assert.instance(error.cause, SluiceError)
  assert.is((error.cause as SluiceError).code, 'STORE_FAILED')
  const other = await failureOf(near.call('fail', 'other'))
  assert.equal([other instanceof SluiceError, other.message], [false, 'wrong'])
  assert.match(String(other.stack), 'thread-rpc.test.ts', 'where it was thrown, there')
  assert.is((await failureOf(near.call('fail', 'text'))).message, 'a text')
})

port('an answer that cannot be cloned is an error, and further calls work', async ({ near }) => {
  assert.match((await failureOf(near.call('uncloneable'))).message, /could not be cloned/)
  assert.match((await failureOf(near.call('double', (() => 1) as never))).message, /could not be cloned/)
  assert.is(await near.call('plain'), 7)
})

port('messages without an answer arrive before later calls', async ({ near, noted }) => {
  near.tell('note', 'one')
  near.tell('note', 'two')
  await near.call('plain')
  assert.equal(noted, ['one', 'two'])
})

port('after close, pending and later calls fail with the reason', async ({ near }) => {
  const waiting = failureOf(near.call('never'))
  const reason = new SluiceError('STORE_NOT_READY', 'gone')
  near.close(reason)
  near.close(new Error('later'))
  near.tell('note', 'nobody is there')
  assert.is(await waiting, reason)
  assert.is(await failureOf(near.call('plain')), reason)
})

port.run()
