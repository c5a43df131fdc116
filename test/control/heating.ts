import { addControlledStream, controlledStream, refuse, type ControlledStreamOptions } from '../../control/index.ts'
import { jsonSerde, stringSerde } from '../../records/serde.ts'
import { Topology, TopologyTestDriver, type TestRecord } from '../../topology/index.ts'

/** A thermostat's control: the wanted temperature, and a step to add to the one before. */
export interface Wanted {
  readonly desired?: number
  readonly step?: number
  readonly from?: number
}

export type HeatingOptions = ControlledStreamOptions<Wanted, number, string, string>

/** A heater that is switched on and off by sensors and the wanted temperature of each. */
export function heatingOptions(changes: Partial<HeatingOptions> = {}): HeatingOptions {
  return {
    name: 'heating',
    control: { topic: 'wanted', key: stringSerde, value: jsonSerde<Wanted>() },
    data: { topic: 'sensors', value: jsonSerde<number>() },
    results: { topic: 'commands', value: stringSerde },
    memory: stringSerde,
    onData: ({ value }, wanted, memory) => {
      if (wanted?.desired === undefined) return 'none'
      const command = value < wanted.desired ? 'on' : 'off'
      if (command === memory.value) return undefined
      memory.value = command
      return command
    },
    ...changes,
  }
}

export function heating(changes: Partial<HeatingOptions> = {}): Topology {
  return controlledStream(heatingOptions(changes))
}

/** Two streams in one topology. */
export function twoHeatings(): Topology {
  const other = heatingOptions({
    name: 'cooling',
    control: { topic: 'wanted-2', key: stringSerde, value: jsonSerde<Wanted>() },
    data: { topic: 'sensors-2', value: jsonSerde<number>() },
  })
  return addControlledStream(heating(), other)
}

/** Adds the step to what was wanted; refuses more than 30 degrees. */
export const stepwise: HeatingOptions['onControl'] = ({ desired, step = 0 }, current) => {
  const next = (desired ?? current?.desired ?? 20) + step
  return next > 30 ? refuse(`${next} degrees are too hot`) : { desired: next }
}

/** A driver with the topics of a heating. */
export class HeatingDriver {
  readonly driver: TopologyTestDriver

  private constructor(driver: TopologyTestDriver) {
    this.driver = driver
  }

  static async open(changes: Partial<HeatingOptions> = {}): Promise<HeatingDriver> {
    return new HeatingDriver(await TopologyTestDriver.open(heating(changes)))
  }

  async control(key: string | null, value: unknown, more: Partial<TestRecord> = {}): Promise<void> {
    await this.driver.pipe('wanted', { key, value: value === null ? null : JSON.stringify(value), timestamp: 0, ...more })
  }

  async data(key: string | null, value: unknown, more: Partial<TestRecord> = {}): Promise<void> {
    await this.driver.pipe('sensors', { key, value: value === null ? null : JSON.stringify(value), timestamp: 0, ...more })
  }

  /** The commands since the last call, as `key command`. */
  commands(): string[] {
    const texts = this.driver.read('commands', { key: stringSerde, value: stringSerde })
    return texts.map(({ key, value }) => `${key ?? '-'} ${value ?? 'null'}`)
  }

  /** The codes and messages of the dead letters since the last call. */
  letters(): string[] {
    return this.driver
      .read(TopologyTestDriver.deadLetterTopic)
      .map(({ headers }) => `${String(headers?.['sluice.error.code'])}: ${String(headers?.['sluice.error.message'])}`)
  }

  /** What the stores say over REST. */
  async stored(store: string, key: string): Promise<unknown> {
    await this.driver.commit()
    return this.driver.getStateStore(`heating-${store}`)?.query(key)
  }

  counted(name: string, ...labels: string[]): number {
    const family = this.driver.metrics.families().find(each => each.name === name)
    return family?.samples.find(sample => labels.every((label, at) => sample.labels[at] === label))?.value ?? 0
  }

  close(): Promise<void> {
    return this.driver.close()
  }
}
