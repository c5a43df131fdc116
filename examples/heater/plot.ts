import { HeaterCommand } from './heater.ts'
import { commandsOf } from './judge.ts'
import { type History, type Moment, readings } from './simulation.ts'

const panel = { width: 460, height: 150, left: 40, top: 24 }
const inner = { width: panel.width - panel.left - 10, height: panel.height - panel.top - 22 }
const columns = 2
const title = 28
const [coldest, warmest] = [13, 25]

const x = (tick: number): number => round(panel.left + (inner.width * tick) / readings)
const y = (temperature: number): number => round(panel.top + (inner.height * (warmest - temperature)) / (warmest - coldest))
const round = (value: number): number => Math.round(value * 10) / 10

/** A picture of each heater as SVG: the wanted band, the temperature, and the commands. `marks` are vertical lines with a word. */
export function plot(history: History, marks: readonly { readonly tick: number; readonly what: string }[] = []): string {
  const panels = [...history].map(([sensor, moments], at) => {
    const place = `translate(${(at % columns) * panel.width} ${title + Math.floor(at / columns) * panel.height})`
    return `<g transform="${place}">${panelOf(sensor, moments, marks)}</g>`
  })
  const width = columns * panel.width
  const height = title + Math.ceil(history.size / columns) * panel.height
  const legend = `<text x="${panel.left}" y="18">band: what is wanted · line: temperature, °C · ▲ on, ▼ off</text>`
  const style =
    'text{font:11px sans-serif;fill:#333}.axis{stroke:#bbb}.line{fill:none;stroke:#c33;stroke-width:1.4}.mark{stroke:#36c;stroke-dasharray:3}'
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><style>${style}</style><rect width="100%" height="100%" fill="#fff"/>${legend}${panels.join('')}</svg>\n`
}

function panelOf(sensor: number, moments: readonly Moment[], marks: readonly { readonly tick: number; readonly what: string }[]): string {
  const bands = moments.map(({ tick, control: { desired, upDelta, downDelta } }) => {
    const [above, below] = [y(desired + upDelta), y(desired - downDelta)]
    return `<rect x="${x(tick)}" y="${above}" width="${round(x(tick + 1) - x(tick) + 0.1)}" height="${round(below - above)}" fill="#cde8cd"/>`
  })
  const axis = [15, 20].map(
    degrees =>
      `<path class="axis" d="M${panel.left} ${y(degrees)}H${panel.width - 10}"/><text x="${panel.left - 18}" y="${y(degrees) + 4}">${degrees}</text>`,
  )
  const path = moments.map(({ tick, temperature }, at) => `${at === 0 ? 'M' : 'L'}${x(tick)} ${y(temperature)}`).join('')
  const commands = commandsOf(moments).map(({ tick, command }) => {
    const temperature = moments.find(each => each.tick === tick)!.temperature
    const isOn = command === HeaterCommand.On
    return `<text x="${x(tick) - 5}" y="${y(temperature) + (isOn ? 14 : -5)}">${isOn ? '▲' : '▼'}</text>`
  })
  const lines = marks.map(
    ({ tick, what }) =>
      `<path class="mark" d="M${x(tick)} ${panel.top}V${panel.top + inner.height}"/><text x="${x(tick) + 3}" y="${panel.top + inner.height + 12}">${what}</text>`,
  )
  return [
    `<text x="${panel.left}" y="14">heater ${sensor}</text>`,
    ...bands,
    ...axis,
    `<path class="line" d="${path}"/>`,
    ...commands,
    ...lines,
  ].join('')
}
