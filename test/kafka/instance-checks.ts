import { createServer } from 'node:net'
import * as assert from 'uvu/assert'
import type { KeyAnswer } from '../../rest/queries/key-queries.ts'
import type { ModelServingView } from '../../stores/index.ts'
import { holds } from './fixture.ts'
import type { Ended, ServeProcess } from './serve-process.ts'
import { storeName } from './serving-app.ts'

/** The tasks of the application on topics of four partitions. */
export const tasks = ['0_0', '0_1', '0_2', '0_3']

/** Waits until the instances agree on the members and their tasks. */
export async function settled(asked: readonly ServeProcess[], tasksEach: readonly number[]): Promise<void> {
  const ready = await Promise.all(asked.map(instance => instance.ready))
  await holds(async () => {
    const views = await Promise.all(asked.map(instance => instance.instances()))
    for (const view of views) {
      assert.equal(
        view.map(({ activeTasks }) => activeTasks.length),
        tasksEach,
      )
      assert.equal(view.flatMap(({ activeTasks }) => activeTasks).sort(), tasks)
      assert.equal(view, views[0], 'all tell the same')
      assert.ok(view.every(({ host, storeNames }) => host === '127.0.0.1' && storeNames.includes(storeName)))
    }
    assert.equal(new Set(views[0]?.map(({ port }) => port)), new Set(ready.map(({ port }) => port)))
    assert.equal(new Set(views[0]?.map(({ instance }) => instance)), new Set(ready.map(({ instance }) => instance)))
  })
}

/** The answer of an instance for a data type, and the owner. */
export type Answer = Omit<KeyAnswer, 'value'> & { readonly value: ModelServingView }

/** Requests every key from every instance until they agree and the answers are accepted. */
export async function agreed(
  asked: readonly ServeProcess[],
  keys: readonly string[],
  good: (answers: readonly Answer[]) => boolean,
): Promise<readonly Answer[]> {
  let found: readonly Answer[] = []
  await holds(async () => {
    const all = await Promise.all(asked.map(instance => Promise.all(keys.map(key => answerOf(instance, key)))))
    for (const answers of all) assert.equal(answers, all[0], 'the same from each instance')
    found = all[0] ?? []
    assert.ok(good(found), JSON.stringify(found))
  })
  return found
}

async function answerOf(instance: ServeProcess, key: string): Promise<Answer> {
  const { status, body } = await instance.get(`/state/${storeName}/keys/${key}`)
  assert.is(status, 200, JSON.stringify(body))
  return body as Answer
}

/** All lines except log lines of the level info. */
export function worseThanInfo(stderr: string): string[] {
  return stderr.split('\n').filter(line => line !== '' && !line.startsWith('{"level":30,'))
}

export async function rebalancesOf(instance: ServeProcess): Promise<number> {
  const found = /^sluice_rebalances_total(?:\{.*\})? (\d+)$/m.exec(await instance.text('/metrics'))
  assert.ok(found)
  return Number(found[1])
}

/** Checks that the output is one line with the error. */
export function failedWith({ code, stdout, stderr }: Ended, message: RegExp): void {
  assert.equal([code, stdout], [1, ''], stderr)
  const [line, ...more] = worseThanInfo(stderr)
  assert.equal(more, [])
  assert.match(line ?? '', /^sluice: /)
  assert.match(line ?? '', message)
}

/** A port of this machine on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as { port: number }
  await new Promise(resolve => {
    server.close(resolve)
  })
  return port
}
