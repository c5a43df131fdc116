import { execFileSync } from 'node:child_process'

/** The processes of models that a process has started: below the jails that stay their parents, if there are any. */
export function modelProcesses(parent = process.pid): number[] {
  const found: number[] = []
  for (const [pid, args] of childrenOf(parent)) {
    if (!args.includes('guarded-process')) continue
    const inside = modelProcesses(pid)
    if (inside.length > 0) found.push(...inside)
    // A jail that has not started its process yet is none.
    else if (!/^\S*bwrap /.test(args)) found.push(pid)
  }
  return found
}

function childrenOf(pid: number): readonly (readonly [pid: number, args: string])[] {
  try {
    const lines = execFileSync('ps', ['--ppid', String(pid), '-o', 'pid=,args='], { encoding: 'utf8' })
    return [...lines.matchAll(/^\s*(\d+) (.*)$/gm)].map(([, number, args = '']) => [Number(number), args])
  } catch {
    return []
  }
}
