import { readdir, readFile } from 'node:fs/promises'

/** Of the processor times that the kernel tells. */
const ticksASecond = 100

/** What a process and its children have used. */
export interface Use {
  readonly cpuMs: number
  readonly rssMb: number
}

/** What a process and its children have used so far. Linux only. */
export async function processUse(pid: number): Promise<Use> {
  const uses = await Promise.all((await familyOf(pid)).map(useOf))
  return { cpuMs: sum(uses.map(({ cpuMs }) => cpuMs)), rssMb: sum(uses.map(({ rssMb }) => rssMb)) }
}

/** The process and its children, and theirs. */
async function familyOf(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => [])
  const lists = await Promise.all(tasks.map(task => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '')))
  const children = lists.flatMap(list => list.trim().split(' ')).filter(each => each !== '')
  return [pid, ...(await Promise.all(children.map(child => familyOf(Number(child))))).flat()]
}

/** Of one process. Children that have ended are counted with their parent. */
export async function useOf(pid: number): Promise<Use> {
  const [stat, status] = await Promise.all(['stat', 'status'].map(file => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')))
  const ticks = stat!
    .replace(/^.*\) /s, '')
    .split(' ')
    .slice(11, 15)
  const rss = /VmRSS:\s+(\d+)/.exec(status!)?.[1] ?? 0
  return { cpuMs: (sum(ticks.map(Number)) * 1000) / ticksASecond, rssMb: Number(rss) / 1024 }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
