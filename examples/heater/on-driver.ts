import { stringSerde } from '../../index.ts'
import { TopologyTestDriver } from '../../testing.ts'
import { heater, heaterControl, sensorData, temperatureControl, topics } from './heater.ts'
import { type History, type Heating, simulate } from './simulation.ts'

/** The heater application on the test driver. */
export class DriverHeating implements Heating {
  readonly #driver: TopologyTestDriver

  private constructor(driver: TopologyTestDriver) {
    this.#driver = driver
  }

  static async open(): Promise<DriverHeating> {
    return new DriverHeating(await TopologyTestDriver.open(heater()))
  }

  get driver(): TopologyTestDriver {
    return this.#driver
  }

  async control(...[control, timestamp]: Parameters<Heating['control']>): Promise<void> {
    const value = temperatureControl.serialize(control)
    await this.#driver.pipe(topics.controls, { key: String(control.sensorID), value, timestamp })
  }

  async read(...[readings, timestamp]: Parameters<Heating['read']>): ReturnType<Heating['read']> {
    for (const reading of readings) await this.#driver.pipe(topics.data, { key: null, value: sensorData.serialize(reading), timestamp })
    return this.#driver.read(topics.commands, { key: stringSerde, value: heaterControl }).map(({ value }) => value!)
  }
}

/** The history of the simulation on the test driver. */
export async function historyOnDriver(): Promise<History> {
  const heating = await DriverHeating.open()
  try {
    return await simulate(heating)
  } finally {
    await heating.driver.close()
  }
}
