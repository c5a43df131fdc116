import type { messages } from '../../serving.ts'
import type { History, Moment } from './simulation.ts'

/** How many readings a room may take to reach its band after a control. */
const settleWithin = 25

/** What is wrong with a history, a sentence each; `expected` has the commands that there must be, no more and no fewer. */
export function faultsOf(history: History, expected: History): string[] {
  const faults = [...history].flatMap(([sensor, moments]) => [
    ...bandFaults(moments).map(fault => `heater ${sensor}: ${fault}`),
    ...commandFaults(moments, expected.get(sensor) ?? []).map(fault => `heater ${sensor}: ${fault}`),
  ])
  const missing = [...expected.keys()].filter(sensor => !history.has(sensor)).map(sensor => `heater ${sensor}: has no history`)
  return [...faults, ...missing]
}

/** How far a temperature is outside of its band. */
export function excess({ temperature, control: { desired, upDelta, downDelta } }: Moment): number {
  return Math.max(0, desired - downDelta - temperature, temperature - desired - upDelta)
}

/** Settled: the band was reached since the last control. From then on the temperature leaves it by one step of the heater at most: the largest between readings. */
function bandFaults(moments: readonly Moment[]): string[] {
  const faults: string[] = []
  const steps = moments.slice(1).map(({ temperature }, at) => Math.abs(temperature - moments[at]!.temperature))
  let since = 0
  let settled = false
  for (const [at, moment] of moments.entries()) {
    const before = moments[at - 1]
    if (moment.control !== before?.control) [since, settled] = [at, false]
    settled ||= excess(moment) === 0
    if (settled && excess(moment) > Math.max(...steps))
      faults.push(`reading ${moment.tick} is ${excess(moment).toFixed(2)} °C outside of its band, more than one step`)
    if (!settled && at - since === settleWithin) faults.push(`did not reach its band in ${settleWithin} readings from ${since} on`)
  }
  return faults
}

function commandFaults(moments: readonly Moment[], expected: readonly Moment[]): string[] {
  const told = commandsOf(moments)
  const wanted = commandsOf(expected)
  const twice = told.find(({ command }, at) => command === told[at - 1]?.command)
  const faults = twice === undefined ? [] : [`two equal commands follow each other at reading ${twice.tick}`]
  const key = ({ tick, command }: Told): string => `${tick} ${command}`
  const [toldKeys, wantedKeys] = [told.map(key), wanted.map(key)]
  for (const { tick } of wanted.filter(each => !toldKeys.includes(key(each)))) faults.push(`the command of reading ${tick} was lost`)
  for (const { tick } of told.filter((each, at) => !wantedKeys.includes(key(each)) || toldKeys.indexOf(key(each)) !== at))
    faults.push(`the command of reading ${tick} is one too many`)
  return faults
}

interface Told {
  readonly tick: number
  readonly command: messages.HeaterCommand
}

/** All commands to a heater, in their order. */
export function commandsOf(moments: readonly Moment[]): Told[] {
  return moments.flatMap(({ tick, commands }) => commands.map(command => ({ tick, command })))
}
