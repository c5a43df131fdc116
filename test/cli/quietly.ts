import { run } from '../../cli/program.ts'

/** Runs in this process; gives the exit code and what went to standard error and output. */
export async function quietly(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; stderr: string; stdout: string }> {
  const written = { stdout: '', stderr: '' }
  const before = { ...process.env }
  Object.assign(process.env, env)
  for (const name of ['stdout', 'stderr'] as const)
    process[name].write = (chunk: string | Uint8Array) => Boolean((written[name] += String(chunk)))
  try {
    const code = await run(args)
    return { code, ...written }
  } finally {
    // The streams' own is on their prototype.
    for (const name of ['stdout', 'stderr'] as const) Reflect.deleteProperty(process[name], 'write')
    for (const name of Object.keys(env)) {
      const value = before[name]
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}
