import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { createProgram } from '../../cli/program.ts'
import { words } from './doc-blocks.ts'

/** Why a command line of the documents would not do; undefined: it would, as far as it is known here. `project` is where it is typed. */
export function wrongCommand(line: string, project: string): string | undefined {
  for (const part of line.split(/\s+(?:&&|\|)\s+/)) {
    const typed = words(part).filter(
      (word, at, all) => !(/^[A-Z_]+=/.test(word) && all.slice(0, at).every(before => /^[A-Z_]+=/.test(before))),
    )
    const [name, ...rest] = typed[0] === 'npx' ? typed.slice(1) : typed
    const wrong = name === 'sluice' ? wrongSluice(rest, project) : wrongTool(name ?? '', rest, project)
    if (wrong !== undefined) return `${part}: ${wrong}`
  }
  return undefined
}

function wrongSluice(args: readonly string[], project: string): string | undefined {
  let command: Command = createProgram()
  let rest = [...args]
  while (rest[0] !== undefined && command.commands.length > 0) {
    const found = command.commands.find(each => each.name() === rest[0])
    if (found === undefined) break
    command = found
    rest = rest.slice(1)
  }
  if (command.parent === null && rest.some(word => !word.startsWith('-'))) return `there is no command ${rest[0]}`
  let refused = ''
  command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined, outputError: text => (refused = text) })
  try {
    const { operands, unknown } = command.parseOptions(rest)
    const [flag] = unknown.filter(word => word !== '--help' && word !== '--version')
    if (flag !== undefined) return `there is no ${flag}`
    const most = command.registeredArguments.some(({ variadic }) => variadic) ? Infinity : command.registeredArguments.length
    if (operands.length > most) return `${operands.slice(most).join(' ')} is too much`
    const missing = operands.find(word => word.startsWith('examples/') && !existsSync(join(project, word)))
    if (missing !== undefined) return `there is no ${missing}`
    return undefined
  } catch (error) {
    return refused || String(error)
  }
}

function wrongTool(name: string, args: readonly string[], project: string): string | undefined {
  const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>
  }
  const script = args[0] === 'run' ? args[1] : args[0] === 'test' ? 'test' : undefined
  if (name === 'npm' && script !== undefined && scripts[script] === undefined) return `there is no script ${script}`
  if (name === 'npm' && args[0] === 'test') {
    const tests = readdirSync(join(project, 'test'), { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.test.ts'))
    const filter = args.slice(2).find(word => !tests.some(path => `test/${path}`.includes(word)))
    if (filter !== undefined) return `no test file's path has ${filter}`
  }
  if ((name === 'tsx' || name === 'bash') && !existsSync(join(project, args[0] ?? ''))) return `there is no ${args[0]}`
  return undefined
}
