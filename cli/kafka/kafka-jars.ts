import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf, SluiceError } from '../../base/index.ts'
import { startProgress } from './progress.ts'
import { runCommand, tailOf } from './run-command.ts'

/** The Kafka version in pom.xml. */
export const kafkaVersion = '4.4.0'

export interface DownloadOptions {
  readonly env: NodeJS.ProcessEnv
  readonly log?: ((line: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** The folder of this user's jars. If it exists, it is complete. */
export function jarsDirectory(env: NodeJS.ProcessEnv): string {
  const cache = env.XDG_CACHE_HOME === undefined || env.XDG_CACHE_HOME === '' ? join(homedir(), '.cache') : env.XDG_CACHE_HOME
  return join(cache, 'sluice', `kafka-${kafkaVersion}`)
}

/** The version of the Kafka whose jars are in a folder; undefined if the folder has no broker jar. */
export async function kafkaVersionIn(libs: string): Promise<string | undefined> {
  const names = await readdir(libs).catch(() => [])
  for (const name of names) {
    const found = /^kafka_2\.\d+-(\d[\w.-]*)\.jar$/.exec(name)
    if (found !== null) return found[1]
  }
  return undefined
}

/**
 * Downloads the jars with Maven, once per user, and returns their folder. The download goes into a temporary folder that is renamed when it is
 * complete, so that an interrupted download is never used. Of two concurrent downloads the first wins. Throws BROKER_FAILED.
 */
export async function downloadJars(options: DownloadOptions): Promise<string> {
  const target = jarsDirectory(options.env)
  if (existsSync(target)) return target
  await removeAbandoned(target)
  const partial = await createPartialDirectory(target)
  try {
    await fetchInto(partial, options)
    await rename(partial, target).catch((error: unknown) => {
      if (!existsSync(target)) throw error
    })
    return target
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

const partialMark = '.partial-'
const abandonedAfterMs = 3_600_000

/** Removes the folders of killed downloads: those older than an hour. */
async function removeAbandoned(target: string): Promise<void> {
  const parent = dirname(target)
  for (const name of await readdir(parent).catch(() => [])) {
    if (!name.startsWith(`${basename(target)}${partialMark}`)) continue
    const path = join(parent, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs > abandonedAfterMs) await rm(path, { recursive: true, force: true })
  }
}

async function createPartialDirectory(target: string): Promise<string> {
  try {
    await mkdir(dirname(target), { recursive: true })
    return await mkdtemp(`${target}${partialMark}`)
  } catch (error) {
    throw new SluiceError(
      'BROKER_FAILED',
      `cannot keep Kafka's jars in ${target}: ${messageOf(error)}; set XDG_CACHE_HOME to a folder that you can write`,
      {
        cause: error,
      },
    )
  }
}

async function fetchInto(directory: string, { env, log, signal }: DownloadOptions): Promise<void> {
  const pom = fileURLToPath(new URL('pom.xml', import.meta.url))
  const args = ['-B', '-f', pom, 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${directory}`]
  const progress = startProgress(log)
  progress.update(`Fetching Apache Kafka ${kafkaVersion} with Maven, once for this user`)
  let jars = 0
  const count = (text: string): void => {
    jars += text.match(/Downloaded .*\.jar/g)?.length ?? 0
    if (jars > 0) progress.update(`Fetching Apache Kafka ${kafkaVersion} with Maven: ${jars} jars`)
  }
  const { code, output } = await runCommand({ file: 'mvn', args }, { env, signal, onOutput: count }).finally(() => progress.end())
  signal?.throwIfAborted()
  if (code === 0 && (await kafkaVersionIn(directory)) !== undefined) return
  const errors = output
    .split('\n')
    .filter(line => line.includes('ERROR') && line.trim() !== '[ERROR]')
    .slice(0, 3)
    .join('\n')
  throw new SluiceError(
    'BROKER_FAILED',
    `Maven could not fetch Apache Kafka into ${basename(directory)}:\n${errors === '' ? tailOf(output) : errors}`,
  )
}
