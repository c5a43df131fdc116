import { join } from 'node:path'
import { runCommand } from './run-command.ts'

/** The oldest Java that Kafka 4's broker runs on. */
export const oldestJava = 17

/** The java program of JAVA_HOME, else that of the PATH. */
export function javaProgram(env: NodeJS.ProcessEnv): string {
  return env.JAVA_HOME === undefined || env.JAVA_HOME === '' ? 'java' : join(env.JAVA_HOME, 'bin', 'java')
}

/** The major version of `javaProgram` (8, 11, 17, …); undefined if it cannot be run. */
export async function javaVersion(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<number | undefined> {
  const { code, output } = await runCommand({ file: javaProgram(env), args: ['-version'] }, { env, signal })
  return code === 0 ? parseJavaVersion(output) : undefined
}

/** Parses the output of `java -version`: "17.0.15" is 17, "1.8.0_402" is 8. */
export function parseJavaVersion(output: string): number | undefined {
  const found = /version "(?:1\.)?(\d+)/.exec(output)
  return found?.[1] === undefined ? undefined : Number(found[1])
}
