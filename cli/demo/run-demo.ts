import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTopics } from '../../topology/runtime/topics/index.ts'
import { SluiceError } from '../../base/index.ts'
import { changelogStep } from './changelog-step.ts'
import { Cleanup, settledWithin } from './cleanup.ts'
import { Demo } from './demo.ts'
import { type DemoKafka, openDemoKafka } from './demo-kafka.ts'
import { DemoSender, partitions } from './demo-sender.ts'
import { Narrator, seconds } from './narrator.ts'
import { ResultLog } from './result-log.ts'
import { firstModelStep, instancesStep, secondModelStep } from './scoring-steps.ts'
import { restStep, takeoverStep } from './state-steps.ts'
import { exampleFile, WineRows } from './wine-rows.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** Longest wait for the current step when the demo ends. */
const lastStepMs = 5000
const deleteMs = 15_000

/** Shared by the functions of one run. */
interface Run {
  readonly flags: Readonly<Record<string, unknown>>
  readonly env: NodeJS.ProcessEnv
  readonly directory: string
  readonly narrator: Narrator
  readonly cleanup: Cleanup
  readonly stop: AbortController
}

/**
 * Runs the demo and prints it to standard output. Throws SluiceError CHECK_FAILED if a check fails, INTERRUPTED after a signal, and
 * any error that prevents a step. When it settles, everything that it created is removed.
 */
export async function runDemo(flags: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-demo-'))
  const stop = new AbortController()
  const interrupt = (signal: string): void => stop.abort(new SluiceError('INTERRUPTED', `the demo was interrupted (${signal})`))
  for (const signal of signals) process.on(signal, interrupt)
  const cleanup = new Cleanup()
  const narrator = new Narrator(text => process.stdout.write(text))
  cleanup.add(() => rm(directory, { recursive: true, maxRetries: 5 }))
  const aborted = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error))
  })
  aborted.catch(() => undefined)
  const steps = tell({ flags, env, directory, narrator, cleanup, stop })
  try {
    await Promise.race([steps, aborted])
  } finally {
    stop.abort(new SluiceError('INTERRUPTED', 'the demo is over'))
    await settledWithin(lastStepMs, steps)
    await cleanup.run()
    for (const signal of signals) process.off(signal, interrupt)
  }
}

/** Runs the steps in order. */
async function tell(run: Run): Promise<void> {
  const { narrator, cleanup, directory } = run
  const started = performance.now()
  process.stdout.write('Sluice at work: models arrive on one topic, records on another, the newest model scores each record.\n')
  process.stdout.write('Every ✓ is a check against the contents of Kafka and of the instances.\n')
  narrator.step('Kafka')
  const kafka = await openDemoKafka(run)
  removeAtExit(directory, cleanup)
  const demo = await prepare(run, kafka)
  await instancesStep(demo)
  await firstModelStep(demo)
  await secondModelStep(demo)
  await restStep(demo)
  await takeoverStep(demo)
  await changelogStep(demo)
  narrator.step('The end')
  const codes = await Promise.all(demo.instances.map(instance => instance.stop()))
  narrator.check('both instances stopped in order on SIGTERM and exited with code 0', [0, 0], codes)
  narrator.say(
    `All ${narrator.checks} checks passed in ${seconds(performance.now() - started)}. To do the same by hand, each command in its own terminal:`,
  )
  for (const line of byHand(kafka)) narrator.line(line)
}

/** Creates the topics of this run, the sender and the reader of results. */
async function prepare({ directory, narrator, cleanup, stop }: Run, kafka: DemoKafka): Promise<Demo> {
  const id = `demo-${randomBytes(4).toString('hex')}`
  const { signal } = stop
  const topics = { data: `${id}-data`, models: `${id}-models`, results: `${id}-results` }
  if (kafka.given) cleanup.add(() => deleteAll(kafka, id), deleteMs)
  await createTopics(
    kafka.admin,
    Object.values(topics).map(topic => ({
      topic,
      numPartitions: partitions,
      configEntries: topic === topics.models ? [{ name: 'cleanup.policy', value: 'compact' }] : [],
    })),
  )
  const wines = await WineRows.read()
  const models = ['wine-linear', 'wine-mlp']
  const scores = new Map<string, Float64Array>()
  for (const model of models) scores.set(model, await wines.scores(exampleFile(`${model}.onnx`)))
  const sender = await DemoSender.open(kafka.kafka, topics, wines)
  cleanup.add(() => sender.close())
  const results = new ResultLog()
  const fail = (reason: unknown): void => stop.abort(reason)
  const following = results.follow(kafka.kafka, topics.results, signal).catch(fail)
  cleanup.add(() => following)
  return new Demo({ id, directory, kafka, narrator, sender, results, scores, cleanup, signal, fail })
}

/** Deletes the topics and the consumer group of this run from a Kafka that was given. */
async function deleteAll({ admin }: DemoKafka, id: string): Promise<void> {
  const topics = (await admin.listTopics()).filter(topic => topic.startsWith(`${id}-`))
  if (topics.length > 0) await admin.deleteTopics({ topics })
  // The group cannot be deleted until the session of a killed member has timed out.
  for (let tries = 0; tries < 20; tries++) {
    const deleted = await admin.deleteGroups([id]).then(
      () => true,
      () => false,
    )
    if (deleted) return
    await sleep(500)
  }
}

/** Removes the directory if the process exits at once, such as after EPIPE. Exit handlers that run earlier kill the broker and the instances. */
function removeAtExit(directory: string, cleanup: Cleanup): void {
  const remove = (): void => rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
  process.once('exit', remove)
  cleanup.add(() => process.off('exit', remove))
}

function byHand({ given, brokers }: DemoKafka): readonly string[] {
  const file = (name: string): string => relative(process.cwd(), exampleFile(name))
  return [
    given ? `export KAFKA_BROKERS=${brokers}   # in each terminal` : 'npx sluice broker start',
    'npx sluice serve',
    `npx sluice publish ${file('wine-linear.onnx')} --data-type wine`,
    `npx sluice send ${file('wine.csv')} --data-type wine --rate 50`,
    'npx sluice watch --from-beginning',
    'npx sluice instances; npx sluice state wine; npx sluice changelog --latest',
  ]
}
