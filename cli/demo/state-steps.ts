import { readChangelog } from './changelog-step.ts'
import { type Demo, keyPath, type ModelAnswer } from './demo.ts'
import { dataTypes } from './demo-sender.ts'
import { seconds } from './narrator.ts'
import { showGroup } from './scoring-steps.ts'
import type { ServeProcess } from './serve-process.ts'
import { waitUntil } from './wait-until.ts'

/** Queries the state on both instances and compares the answers. */
export async function restStep(demo: Demo): Promise<void> {
  const { narrator } = demo.parts
  narrator.step('Any instance also serves the state')
  const members = await demo.group()
  narrator.line(`GET http://${demo.instances[0]!.address}/state/instances`)
  for (const { host, port, storeNames } of members) narrator.line(`→ ${JSON.stringify({ host, port, storeNames })} …`)
  narrator.check('two instances are in the group', 2, members.length)
  const { results, sender } = demo.parts
  const scored = results.results.filter(({ dataType, modelVersion }) => dataType === 'wine' && modelVersion === 2).length
  const answers = await askBoth(demo, scored)
  narrator.check('both give the same answer: the instance that does not own the key asked its owner', answers[0]!.value, answers[1]!.value)
  const { invocations, hash } = answers[0]!.value
  narrator.check(
    'the answer has the number of scores of version 2 and the SHA-256 of its file',
    [scored, sender.hashes.get('wine-mlp')],
    [invocations, hash],
  )
}

/** Kills the owner of a key, waits for the takeover, and restarts the killed instance. */
export async function takeoverStep(demo: Demo): Promise<void> {
  const { narrator, sender, results, kafka } = demo.parts
  narrator.step('kill -9, takeover, restore')
  const killed = demo.at((await askBoth(demo, 0, false))[0]!.port)
  await sender.send(50, dataTypes)
  demo.forget(killed)
  await killed.kill()
  const killedAt = performance.now()
  const [other] = demo.instances as [ServeProcess]
  narrator.say(`Instance ${killed.name}, which owns wine, was ended by kill -9 while records were in flight. More records arrive.`)
  const missed = await sender.send(100, dataTypes)
  narrator.waiting(`waiting for ${other.name} to take over (session timeout ${kafka.sessionTimeoutMs / 1000} s)`)
  checkVerdict(demo, await demo.judge())
  const offsets = new Set(missed.filter(({ dataType }) => dataType === 'wine').map(({ offset }) => offset))
  const takenOver = results.results.find(({ dataType, inputOffset }) => dataType === 'wine' && offsets.has(inputOffset))!
  await showGroup(demo)
  narrator.say(`${other.name} runs all tasks; its first score of wine came ${seconds(takenOver.arrivedAt - killedAt)} after the kill.`)
  const before = await settledModel(demo, other)
  await restore(demo, killed.name, before)
}

async function restore(demo: Demo, name: string, before: ModelAnswer): Promise<void> {
  const { narrator, sender } = demo.parts
  narrator.waiting(`starting ${name} again, with the state directory that it left`)
  const { restored } = await demo.start(name)
  await showGroup(demo)
  const { records, milliseconds } = restored
  const [held] = (await demo.group()).filter(({ port }) => demo.at(port).name === name)
  const logged = await countChangelog(demo, held!.activeTasks)
  // A task with state on disk restores only the tail of its changelog; a task without restores all.
  const share = records < logged ? 'only the part that its store had missed of' : 'all'
  const statement = `${name} restored ${records} records in ${milliseconds} ms: ${share} the ${logged} in the changelog of its tasks`
  narrator.check(statement, `1 to ${logged}`, records, records > 0 && records <= logged)
  const answers = await askBoth(demo, 0)
  narrator.check(
    'both answer the same about wine as before the restart',
    [before.value, before.value],
    answers.map(({ value }) => value),
  )
  await sender.send(20, dataTypes)
  checkVerdict(demo, await demo.judge())
}

/** The number of changelog records of the tasks. */
async function countChangelog({ parts }: Demo, tasks: readonly string[]): Promise<number> {
  let count = 0
  for (const task of tasks) count += (await readChangelog(parts, Number(task.split('_')[1]))).length
  return count
}

function checkVerdict({ parts }: Demo, { repeated, ...verdict }: Awaited<ReturnType<Demo['judge']>>): void {
  const none = { unanswered: 0, contradicted: 0, foreign: 0, wrong: 0, wentBack: 0 }
  const repeats = repeated === 0 ? 'none twice' : `${repeated} results came twice with equal content (at_least_once)`
  parts.narrator.check(
    `all ${parts.sender.sent.length} records have a result, ${repeats}; the scores are right, versions never go back`,
    none,
    verdict,
  )
}

/** The model of wine from each instance, once it counts at least `invocations` scores. */
async function askBoth(demo: Demo, invocations: number, show = true): Promise<readonly ModelAnswer[]> {
  const answers: ModelAnswer[] = []
  for (const instance of demo.instances) {
    const answer = await demo.model(instance, 'wine', ({ value }) => value.invocations >= invocations)
    answers.push(answer)
    if (!show) continue
    const { name, version, hash, invocations: counted } = answer.value
    demo.parts.narrator.line(`GET http://${instance.address}${keyPath('wine')}`)
    const shown = JSON.stringify({ name, version, invocations: counted, hash: `${hash.slice(0, 8)}…` })
    demo.parts.narrator.line(`→ ${shown} …, from ${demo.at(answer.port).name}`)
  }
  return answers
}

/** A store writes its statistics once a second at most; an idle task looks after them a second later, and commits within its interval. */
const quietMs = 3000

/** The model of wine once its count has not changed for 500 ms: all records have results, but the last commit may still be pending. */
async function settledModel(demo: Demo, instance: ServeProcess): Promise<ModelAnswer> {
  let last: ModelAnswer | undefined
  let since = performance.now()
  return await waitUntil({
    what: 'the last commit',
    signal: demo.parts.signal,
    ask: async () => {
      const answer = await demo.model(instance, 'wine', () => true)
      if (answer.value.invocations !== last?.value.invocations) since = performance.now()
      return (last = answer)
    },
    good: () => performance.now() - since >= quietMs,
  })
}
