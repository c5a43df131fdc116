import { messages } from '../../serving.ts'
import { House } from './house.ts'

/** A running heater application, on the test driver or on Kafka. */
export interface Heating {
  /** Publishes a control, which is in force when this resolves. */
  control(control: messages.TemperatureControl, at: number): Promise<void>
  /** Publishes readings of one time; resolves with the commands that they led to, once all of them have been judged. */
  read(readings: readonly messages.SensorData[], at: number): Promise<readonly messages.HeaterControl[]>
}

/** What happened to one sensor at one time. */
export interface Moment {
  /** Number of the reading, from 0. */
  readonly tick: number
  readonly temperature: number
  readonly control: messages.TemperatureControl
  /** The commands that followed the reading: none, or one. */
  readonly commands: readonly messages.HeaterCommand[]
}

export type History = ReadonlyMap<number, readonly Moment[]>

export const readings = 90
export const heaters = 8
/** Time between two readings. */
const everyMs = 30_000

/** The controls that are published before a reading: all rooms at the start, later some of them. */
export function controlsAt(tick: number): messages.TemperatureControl[] {
  const wanted = (sensorID: number, desired: number): messages.TemperatureControl =>
    new messages.TemperatureControl({ sensorID, desired, upDelta: 1, downDelta: 0.5 + (sensorID % 3) / 2 })
  const all = Array.from({ length: heaters }, (_, at) => at + 1)
  if (tick === 0) return all.map(id => wanted(id, 19 + (id % 3)))
  if (tick === readings / 3) return all.filter(id => id % 2 === 0).map(id => wanted(id, 16))
  if (tick === (readings * 2) / 3) return all.filter(id => id % 3 === 0).map(id => wanted(id, 22))
  return []
}

/**
 * Closes the loop: the house is read, the application judges the readings, the house obeys its commands, and only then time goes on. So the same application
 * gives the same history wherever it runs, however long a step takes, and whatever is killed in it. `before` is called before each reading.
 */
export async function simulate(heating: Heating, before?: (tick: number) => void): Promise<History> {
  const house = new House(heaters)
  // Kafka deletes records that are older than their topic's retention, and refuses those of the future: the last reading is of now.
  const start = Date.now() - readings * everyMs
  const controls = new Map<number, messages.TemperatureControl>()
  const history = new Map<number, Moment[]>()
  for (let tick = 0; tick < readings; tick++) {
    before?.(tick)
    const at = start + tick * everyMs
    for (const control of controlsAt(tick)) {
      controls.set(control.sensorID, control)
      await heating.control(control, at)
    }
    const read = house.readings()
    const commands = await heating.read(read, at)
    for (const command of commands) house.obey(command)
    for (const { sensorID, temperature } of read) {
      const own = commands.filter(each => each.sensorID === sensorID).map(({ command }) => command)
      const moments = history.get(sensorID) ?? []
      moments.push({ tick, temperature, control: controls.get(sensorID)!, commands: own })
      history.set(sensorID, moments)
    }
  }
  return history
}
