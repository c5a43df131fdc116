import type { Architecture } from '../../examples/architectures/index.ts'

/** What was measured of one architecture. */
export interface Figures {
  readonly name: string
  /** From the call of the start until its tasks run, ms. */
  readonly startMs: number
  /** Records a second, of a backlog. */
  readonly throughput: number
  /** Processor time of the instance for one record of the backlog, µs; of the model server too, if there is one. */
  readonly cpuUs: number
  readonly serverCpuUs: number | undefined
  /** From sending to reading the result, at the paced rate, ms. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** Memory of the instance and its children at the end, MB. */
  readonly rssMb: number
  /** After a crash, under exactly_once. */
  readonly promise: string
}

/** How the run was made, and its figures. */
export interface Report {
  readonly records: number
  readonly rate: number
  readonly seconds: number
  readonly figures: readonly Figures[]
}

const head = ['architecture', 'records/s', 'CPU µs/record', 'p50 ms', 'p99 ms', 'memory MB', 'start s', 'after a crash (`exactly_once`)']

/** The figures as a Markdown table. `link`: of a name. */
export function tableOf({ figures }: Report, link: (name: string) => string = name => name): string {
  const rows = figures.map(each => [
    link(each.name),
    Math.round(each.throughput).toLocaleString('en'),
    each.serverCpuUs === undefined ? each.cpuUs.toFixed(0) : `${each.cpuUs.toFixed(0)}, server ${each.serverCpuUs.toFixed(0)}`,
    each.p50Ms.toFixed(0),
    each.p99Ms.toFixed(0),
    each.rssMb.toFixed(0),
    (each.startMs / 1000).toFixed(1),
    each.promise,
  ])
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

const marks = ['<!-- bench:architectures -->', '<!-- end of bench:architectures -->'] as const

/** The page with the table between its marks. */
export function withTable(page: string, report: Report, architectures: readonly Architecture[]): string {
  const [from, to] = [page.indexOf(marks[0]), page.indexOf(marks[1])]
  if (from < 0 || to < from) throw new Error(`the page has no ${marks.join(' … ')}`)
  const pageOf = (name: string): string => architectures.find(each => each.name === name)?.page ?? ''
  const table = tableOf(report, name => `[${name}](${pageOf(name)}.md)`)
  return `${page.slice(0, from + marks[0].length)}\n\n<!-- prettier-ignore -->\n${table}\n\n${page.slice(to)}`
}
