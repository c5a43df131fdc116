import { messages } from '../../serving.ts'

/** Outside of the house, °C. */
const outside = 5

interface Room {
  readonly sensorID: number
  /** What the heater adds between two readings, and the share of the difference to the outside that is lost. */
  readonly power: number
  readonly loss: number
  temperature: number
  heated: boolean
}

/** Rooms with a heater and a sensor each. The same commands make the same temperatures. */
export class House {
  readonly #rooms: readonly Room[]

  constructor(heaters: number) {
    this.#rooms = Array.from({ length: heaters }, (_, at) => ({
      sensorID: at + 1,
      power: 0.9 + 0.05 * at,
      loss: 0.02 + 0.001 * at,
      temperature: 16 + (at % 5),
      heated: false,
    }))
  }

  /** Switches a heater on or off. */
  obey({ sensorID, command }: messages.HeaterControl): void {
    const room = this.#rooms.find(each => each.sensorID === sensorID)
    if (room === undefined) throw new RangeError(`the house has no heater ${sensorID}`)
    room.heated = command === messages.HeaterCommand.On
  }

  /** The time to the next readings passes; returns them. */
  readings(): messages.SensorData[] {
    return this.#rooms.map(room => {
      room.temperature += (room.heated ? room.power : 0) - room.loss * (room.temperature - outside)
      return new messages.SensorData({ sensorID: room.sensorID, temperature: room.temperature })
    })
  }
}
