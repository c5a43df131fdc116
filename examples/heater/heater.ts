import { controlledStream, jsonSerde, protobufSerde, stringSerde, type Topology } from '../../index.ts'
import { messages } from '../../serving.ts'

export const { HeaterCommand } = messages
export const sensorData = protobufSerde<messages.SensorData>(messages.SensorData)
export const temperatureControl = protobufSerde<messages.TemperatureControl>(messages.TemperatureControl)
export const heaterControl = protobufSerde<messages.HeaterControl>(messages.HeaterControl)

/** What is remembered of a sensor: the last command, and the reading that was judged last. */
export interface Remembered {
  readonly command?: messages.HeaterCommand | undefined
  readonly temperature: number
  /** Timestamp of the reading. */
  readonly at: number
}

export const topics = { data: 'sensor-data', controls: 'temperature-controls', commands: 'heater-controls' } as const
/** The stores of the controls, and of what is remembered. */
export const controlStore = 'heating-controls'
export const memoryStore = 'heating-memory'

/**
 * Wanted temperatures steer heaters: a sensor that is colder than its band has its heater switched on, a warmer one off, and in the band, or where the
 * command would be the same, there is none. Sensors publish without a key, so their readings are sent on by their id. `prefix` begins the names of the topics.
 */
export function heater(prefix = ''): Topology {
  return controlledStream({
    name: 'heating',
    control: { topic: `${prefix}${topics.controls}`, key: stringSerde, value: temperatureControl },
    data: { topic: `${prefix}${topics.data}`, value: sensorData },
    results: { topic: `${prefix}${topics.commands}`, value: heaterControl },
    memory: jsonSerde<Remembered>(),
    rekey: ({ value }) => String(value.sensorID),
    rules: {
      'the wanted temperature is a number': ({ desired }) => Number.isFinite(desired),
      'the band has a width': ({ upDelta, downDelta }) => upDelta >= 0 && downDelta >= 0 && upDelta + downDelta > 0,
    },
    onData: ({ value: { sensorID, temperature }, timestamp }, control, memory) => {
      const last = memory.value?.command
      const command = control === undefined ? last : (commandFor(temperature, control) ?? last)
      memory.value = { command, temperature, at: timestamp }
      return command === last || command === undefined ? undefined : new messages.HeaterControl({ sensorID, command })
    },
  })
}

/** The command for a temperature outside of its band; undefined inside. */
function commandFor(temperature: number, { desired, upDelta, downDelta }: messages.TemperatureControl): messages.HeaterCommand | undefined {
  if (temperature < desired - downDelta) return HeaterCommand.On
  return temperature > desired + upDelta ? HeaterCommand.Off : undefined
}
