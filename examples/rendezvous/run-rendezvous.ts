import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SluiceStreams, type Topology } from '../../index.ts'
import { createKafka, createTopics, type Kafka, readTopic, TopicWriter } from '../kafka-client.ts'
import { scratchDirectory } from '../scratch-directory.ts'
import { type Answer, answeringModel, type Decision, type Policy, rendezvous, type Request, topics } from './rendezvous.ts'

const partitions = 2
const requests = 400
const perSecond = 100
const patienceMs = 120_000

/** The smart model is never in time; the careful one abstains on multiples of ten, and the quick one on those of twenty. */
const models = [
  { name: 'smart', ms: 3000, score: (value: number) => value * 3 },
  { name: 'careful', ms: 50, score: (value: number) => (value % 10 === 0 ? null : value * 2) },
  { name: 'quick', ms: 0, score: (value: number) => (value % 20 === 0 ? null : value) },
] as const
const policy: Policy = { models: models.map(({ name }) => name), budgetMs: 700, decider: { kind: 'smartest' }, fallback: -1 }

/** What was proved: a line each; `holds` false: it did not hold. */
export interface Proved {
  readonly what: string
  readonly found: string
  readonly holds: boolean
}

/** Requests to models that answer on a topic. In the middle the collector stops, and another one goes on from the changelog alone. */
export async function runRendezvous(brokers: string, tell: (line: string) => void): Promise<readonly Proved[]> {
  const kafka = createKafka({ brokers: brokers.split(','), clientId: 'rendezvous' })
  const prefix = `rendezvous-${randomBytes(4).toString('hex')}-`
  const directory = await scratchDirectory('sluice-rendezvous-')
  const admin = kafka.admin()
  await admin.connect()
  const running = new Set<SluiceStreams>()
  const start = async (id: string, topology: Topology, stateDir: string): Promise<SluiceStreams> => {
    const options = {
      applicationId: `${prefix}${id}`,
      brokers: brokers.split(','),
      stateDir: join(directory.path, stateDir),
      commitIntervalMs: 20,
    }
    const streams = new SluiceStreams(topology, options)
    running.add(streams)
    await streams.start()
    return streams
  }
  try {
    await createTopics(
      admin,
      Object.values(topics).map(topic => ({ topic: `${prefix}${topic}`, numPartitions: partitions })),
    )
    for (const model of models) await start(model.name, answeringModel(model, prefix), model.name)
    const collector = await start('collector', rendezvous(policy, prefix), 'first')
    const writer = await TopicWriter.open(kafka, `${prefix}${topics.requests}`)
    const send = async (from: number, to: number): Promise<void> => {
      for (let id = from; id < to; id++) {
        await writer.write({ key: Buffer.from(`r${id}`), value: Buffer.from(JSON.stringify({ value: id } satisfies Request)) })
        await writer.flush()
        await sleep(1000 / perSecond)
      }
    }
    tell(`${requests} requests, ${perSecond} a second, to ${models.length} models that answer on a topic; budget ${policy.budgetMs} ms`)
    await send(0, requests / 2)
    await collector.stop()
    running.delete(collector)
    tell('the collector has stopped; another one, on another disk, goes on')
    await start('collector', rendezvous(policy, prefix), 'second')
    await send(requests / 2, requests)
    await writer.close()
    const decisions = await readAll<Decision>(kafka, `${prefix}${topics.decisions}`, requests)
    const answers = await readAll<Answer>(kafka, `${prefix}${topics.answers}`, requests * models.length)
    const answered = decisions.reduce((sum, [, { times }]) => sum + Object.keys(times).length, 0)
    const late = await readAll<Answer>(kafka, `${prefix}${topics.late}`, answers.length - answered)
    return proved(decisions, late, answers.length)
  } finally {
    await Promise.allSettled([...running].map(streams => streams.stop()))
    const own = (await admin.listTopics()).filter(topic => topic.startsWith(prefix))
    if (own.length > 0) await admin.deleteTopics({ topics: own })
    await admin.disconnect()
    await directory.remove()
  }
}

/** What the answers that came in time make of a request. */
function faultOf(id: number, { cause, score, contributors, missing, times }: Decision): string | undefined {
  const inTime = models.filter(({ name }) => name in times)
  const winner = inTime.find(model => model.score(id) !== null)
  if (winner === undefined) {
    if (cause !== 'fallback' || score !== policy.fallback || contributors.length > 0) return 'the fallback should have answered'
  } else if (contributors.join() !== winner.name || score !== winner.score(id)) return `${winner.name} should have won`
  else if (cause !== (missing.length === 0 ? 'all' : cause === 'early' ? 'early' : 'timeout')) return `its cause is ${cause}`
  return missing.length + inTime.length === models.length ? undefined : 'a model is neither missing nor there'
}

function proved(decisions: readonly Keyed<Decision>[], late: readonly Keyed<Answer>[], answers: number): readonly Proved[] {
  const once = new Set(decisions.map(([key]) => key)).size
  const faults = decisions.flatMap(([key, decision]) => faultOf(Number(key.slice(1)), decision) ?? [])
  const causes = ['all', 'early', 'timeout', 'fallback'].map(
    cause => `${cause} ${decisions.filter(([, one]) => one.cause === cause).length}`,
  )
  const counted = decisions.reduce((sum, [, { times }]) => sum + Object.keys(times).length, 0)
  const raced = late.filter(([key, { model }]) => decisions.some(([id, one]) => id === key && model in one.times)).length
  return [
    {
      what: 'every request has one decision',
      found: `${once} of ${requests}, ${decisions.length} in all`,
      holds: once === requests && decisions.length === requests,
    },
    { what: 'cause, contributors and missing are right', found: faults[0] ?? causes.join(', '), holds: faults.length === 0 },
    {
      what: 'no decision waited for the smart model',
      found: `${decisions.filter(([, { missing }]) => missing.includes('smart')).length}`,
      holds: decisions.every(([, { missing }]) => missing.includes('smart')),
    },
    {
      what: 'every answer was counted, or is late',
      found: `${counted} + ${late.length} of ${answers}`,
      holds: counted + late.length === answers,
    },
    { what: 'no decision was raced again', found: `${raced} late answers were counted before`, holds: raced === 0 },
  ]
}

type Keyed<T> = readonly [key: string, value: T]

/** All records of a topic, once there are so many. */
async function readAll<T>(kafka: Kafka, topic: string, atLeast: number): Promise<readonly Keyed<T>[]> {
  for (const deadline = performance.now() + patienceMs; ; await sleep(200)) {
    const found: Keyed<T>[] = []
    for await (const { records } of readTopic(kafka, { topic, from: 'beginning', until: 'logEnd' }))
      for (const { key, value } of records) found.push([String(key), JSON.parse(String(value)) as T])
    if (found.length >= atLeast || performance.now() > deadline) return found
  }
}
