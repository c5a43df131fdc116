import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HeaterCommand, temperatureControl, topics } from '../../examples/heater/heater.ts'
import { faultsOf, commandsOf } from '../../examples/heater/judge.ts'
import { DriverHeating, historyOnDriver } from '../../examples/heater/on-driver.ts'
import { plot } from '../../examples/heater/plot.ts'
import { type History, heaters, readings } from '../../examples/heater/simulation.ts'
import { sluice as messages } from '../../proto/messages.js'
import { TopologyTestDriver } from '../../topology/index.ts'

const test = suite('heater example')

/** The history with another course of one heater. */
function changed(
  history: History,
  sensor: number,
  change: (moments: History extends ReadonlyMap<number, infer M> ? M : never) => unknown,
): History {
  return new Map([...history].map(([id, moments]) => [id, id === sensor ? (change(moments) as typeof moments) : moments]))
}

test('the loop on the test driver holds every temperature in its band, and commands alternate', async () => {
  const history = await historyOnDriver()
  assert.is(history.size, heaters)
  for (const moments of history.values()) {
    assert.is(moments.length, readings)
    const commands = commandsOf(moments)
    assert.ok(commands.length >= 4, `${commands.length} commands`)
    assert.is(commands[0]?.command, HeaterCommand.On)
  }
  assert.equal(faultsOf(history, await historyOnDriver()), [])
})

test('the judge finds a command that is lost, doubled or repeated, and a temperature that leaves its band', async () => {
  const history = await historyOnDriver()
  const [first] = commandsOf(history.get(2)!)
  const lost = changed(history, 2, moments => moments.map(each => (each.tick === first!.tick ? { ...each, commands: [] } : each)))
  assert.match(faultsOf(lost, history).join(), `heater 2: the command of reading ${first!.tick} was lost`)
  const doubled = changed(history, 2, moments => moments.map(each => ({ ...each, commands: [...each.commands, ...each.commands] })))
  assert.match(faultsOf(doubled, history).join(), `heater 2: the command of reading ${first!.tick} is one too many`)
  assert.match(faultsOf(doubled, history).join(), `heater 2: two equal commands follow each other at reading ${first!.tick}`)
  const hot = changed(history, 3, moments =>
    moments.map(each => ({ ...each, temperature: each.temperature + (each.tick > 80 ? (each.tick - 80) * 2 : 0) })),
  )
  assert.match(faultsOf(hot, history).join(), /heater 3: reading 8\d is \S+ °C outside of its band/)
  const cold = changed(history, 3, moments => moments.map(each => ({ ...each, temperature: 5 })))
  assert.match(faultsOf(cold, history).join(), 'heater 3: did not reach its band')
  assert.match(faultsOf(new Map(), history).join(), 'heater 1: has no history')
})

test('the picture has a panel for each heater, its band, its commands and the marks', async () => {
  const history = await historyOnDriver()
  const svg = plot(history, [{ tick: 45, what: 'kill -9' }])
  assert.is(svg.split('>heater ').length - 1, heaters)
  assert.is(svg.split('fill="#cde8cd"').length - 1, heaters * readings)
  const commands = [...history.values()].flatMap(commandsOf).length
  assert.is(svg.replace(/· ▲.*?</, '<').split(/>[▲▼]</).length - 1, commands)
  assert.is(svg.split('kill -9').length - 1, heaters)
})

test('no command before the first control; a band without a width is refused, and the one before goes on', async () => {
  const heating = await DriverHeating.open()
  const read = (temperature: number, at: number) => heating.read([new messages.SensorData({ sensorID: 7, temperature })], at)
  const control = (delta: number, at: number) =>
    heating.control(new messages.TemperatureControl({ sensorID: 7, desired: 20, upDelta: delta, downDelta: delta }), at)
  assert.equal(await read(3, 1), [])
  await control(1, 2)
  const [on, ...more] = await read(3, 3)
  assert.equal([on?.sensorID, on?.command, more], [7, HeaterCommand.On, []])
  await control(0, 4)
  await control(-1, 5)
  assert.equal(await read(20.5, 6), [], 'in the band of before')
  const letters = heating.driver.read(TopologyTestDriver.deadLetterTopic)
  assert.is(letters.length, 2)
  assert.match(String(letters[0]?.headers?.['sluice.error.message']), 'the band has a width')
  await heating.driver.close()
})

test('a wanted temperature that is no number is refused: no heater stays on for ever', async () => {
  const heating = await DriverHeating.open()
  const control = (desired: number, at: number) =>
    heating.control(new messages.TemperatureControl({ sensorID: 7, desired, upDelta: 1, downDelta: 1 }), at)
  await control(20, 1)
  for (const desired of [Number.NaN, Infinity, -Infinity]) await control(desired, 2)
  const letters = heating.driver.read(TopologyTestDriver.deadLetterTopic)
  assert.is(letters.length, 3)
  assert.match(String(letters[0]?.headers?.['sluice.error.message']), 'the wanted temperature is a number')
  const read = (temperature: number, at: number) => heating.read([new messages.SensorData({ sensorID: 7, temperature })], at)
  assert.is((await read(3, 3))[0]?.command, HeaterCommand.On)
  assert.equal(await read(Number.NaN, 4), [], 'a broken sensor changes nothing')
  assert.is((await read(25, 5))[0]?.command, HeaterCommand.Off)
  await heating.driver.close()
})

test('the messages have the names and numbers of the published example', () => {
  const control = new messages.TemperatureControl({ sensorID: 1, desired: 2, upDelta: 3, downDelta: 4 })
  assert.is(
    Buffer.from(temperatureControl.serialize(control)).toString('hex'),
    '0801110000000000000040190000000000000840210000000000001040',
  )
  assert.equal([HeaterCommand.On, HeaterCommand.Off], [0, 1])
  assert.is(Buffer.from(messages.HeaterControl.encode({ sensorID: 5, command: HeaterCommand.Off }).finish()).toString('hex'), '08051001')
  assert.is(topics.commands, 'heater-controls')
})

test.run()
