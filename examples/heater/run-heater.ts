import { mkdir, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InstanceProcess } from '../instance-process.ts'
import { type Kafka, createKafka } from '../kafka-client.ts'
import { scratchDirectory } from '../scratch-directory.ts'
import { commandsOf, excess, faultsOf } from './judge.ts'
import { historyOnDriver } from './on-driver.ts'
import { KafkaHeating } from './on-kafka.ts'
import { plot } from './plot.ts'
import { type History, readings, simulate } from './simulation.ts'

const program = fileURLToPath(new URL(`./instance${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url))

/** The readings in whose middle the instance is killed. */
export const killedAt: readonly number[] = [readings / 2]

export interface HeaterRun {
  readonly history: History
  /** A sentence each. */
  readonly faults: readonly string[]
  /** From the last kill until the instance ran again, ms. */
  readonly awayMs: number
}

/** Runs the simulation on Kafka, with a kill -9 of the instance at some readings, and judges it by the history on the test driver. */
export async function runHeater(brokers: string, say: (line: string) => void, kills = killedAt): Promise<HeaterRun> {
  const kafka = createKafka({ brokers: brokers.split(','), clientId: 'heater' })
  const prefix = `heater-${randomBytes(4).toString('hex')}-`
  const directory = await scratchDirectory('sluice-heater-')
  const start = (): InstanceProcess => new InstanceProcess(program, [brokers, prefix, join(directory.path, 'state')])
  let instance: InstanceProcess | undefined
  let heating: KafkaHeating | undefined
  try {
    await KafkaHeating.createTopics(kafka, prefix)
    instance = start()
    await instance.running()
    heating = await KafkaHeating.open(kafka, prefix)
    say(`the instance runs; ${readings} readings of each sensor follow`)
    let restarted: Promise<number> | undefined
    const history = await simulate(heating, tick => {
      if (!kills.includes(tick)) return
      say(`reading ${tick}: kill -9 of the instance, and a new start`)
      restarted = (restarted ?? Promise.resolve(0)).then(() => killed(instance!, start, next => (instance = next)))
    })
    return { history, faults: faultsOf(history, await historyOnDriver()), awayMs: (await restarted) ?? 0 }
  } finally {
    await heating?.close()
    await instance?.end('SIGTERM')
    await deleteTopics(kafka, prefix)
    await directory.remove()
  }
}

/** Kills the instance while the readings are on their way, and starts it again; resolves with the time until it runs, ms. */
async function killed(instance: InstanceProcess, start: () => InstanceProcess, started: (next: InstanceProcess) => void): Promise<number> {
  const from = performance.now()
  await instance.end('SIGKILL')
  const next = start()
  started(next)
  await next.running()
  return performance.now() - from
}

async function deleteTopics(kafka: Kafka, prefix: string): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const topics = (await admin.listTopics()).filter(topic => topic.startsWith(prefix))
    if (topics.length > 0) await admin.deleteTopics({ topics })
    await admin.deleteGroups([`${prefix}heater`])
  } finally {
    await admin.disconnect()
  }
}

/** Writes the picture of a run. */
export async function writePicture(file: string, history: History): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(
    file,
    plot(
      history,
      killedAt.map(tick => ({ tick, what: 'kill -9' })),
    ),
  )
}

/** A row for each heater, as text. */
export function tableOf(history: History): string {
  const rows = [...history].map(([sensor, moments]) => {
    const last = moments.at(-1)!
    const { desired, upDelta, downDelta } = last.control
    const inBand = moments.filter(moment => excess(moment) === 0).length
    return [
      `${sensor}`,
      `${(desired - downDelta).toFixed(1)} to ${(desired + upDelta).toFixed(1)}`,
      last.temperature.toFixed(2),
      `${commandsOf(moments).length}`,
      `${inBand} of ${moments.length}`,
    ]
  })
  const table = [['heater', 'band, °C', 'now, °C', 'commands', 'readings in the band'], ...rows]
  const widths = table[0]!.map((_, column) => Math.max(...table.map(row => row[column]!.length)))
  return table
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
