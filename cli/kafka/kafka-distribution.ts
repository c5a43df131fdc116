import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SluiceError } from '../../base/index.ts'
import { javaProgram, javaVersion, oldestJava } from './java.ts'
import { downloadJars, type DownloadOptions, jarsDirectory, kafkaVersion, kafkaVersionIn } from './kafka-jars.ts'
import { type Command, runCommand, tailOf } from './run-command.ts'
import { startProgress } from './progress.ts'

/** A class of Kafka to run in a broker's directory. */
export interface JavaRun {
  readonly dir: string
  readonly flags: readonly string[]
  readonly mainClass: string
  readonly args: readonly string[]
  /** Set if the class listens: its port, and the name of the container. */
  readonly listens?: { readonly port: number; readonly container: string }
}

/** An Apache Kafka that this machine can run. */
export interface KafkaDistribution {
  readonly source: string
  readonly version: string
  readonly inContainer: boolean
  /** The command that runs a class. `dir` has the same path inside it. Its exit code is that of the class, and SIGTERM reaches the class. */
  command(run: JavaRun): Command
}

const image = `apache/kafka:${kafkaVersion}`

/**
 * Returns the first available Kafka: KAFKA_HOME; jars from Maven (downloaded once) with Java 17 or newer; the Docker image.
 * Throws BROKER_FAILED, with the possible remedies, if there is none.
 */
export async function findKafka(options: DownloadOptions): Promise<KafkaDistribution> {
  const { env, signal } = options
  const java = await javaVersion(env, signal)
  signal?.throwIfAborted()
  if (env.KAFKA_HOME !== undefined && env.KAFKA_HOME !== '') return await kafkaHome(env.KAFKA_HOME, env, java)
  if (java !== undefined && java >= oldestJava) {
    const cached = jarsDirectory(env)
    if (existsSync(cached)) return jarsDistribution(cached, kafkaVersion, env)
    if (await works({ file: 'mvn', args: ['--version'] }, options)) return jarsDistribution(await downloadJars(options), kafkaVersion, env)
  }
  if (await works({ file: 'docker', args: ['info'] }, options)) return await dockerDistribution(options)
  throw new SluiceError('BROKER_FAILED', noKafkaMessage(java))
}

/** The error message for a machine that cannot run Kafka. */
export function noKafkaMessage(java: number | undefined): string {
  const has = java === undefined ? 'no Java' : java < oldestJava ? `Java ${java}, which is too old` : `Java ${java} but no Maven`
  return (
    `cannot start a local Kafka: this machine has ${has}, no KAFKA_HOME and no working Docker. Do one of these:\n` +
    `  install Java ${oldestJava} or newer and Maven (Kafka's jars are then downloaded)\n` +
    `  set KAFKA_HOME to an unpacked Apache Kafka 4 (and install Java ${oldestJava} or newer)\n` +
    '  start Docker\n' +
    '  or set KAFKA_BROKERS to a running Kafka, such as KAFKA_BROKERS=localhost:9092'
  )
}

async function kafkaHome(home: string, env: NodeJS.ProcessEnv, java: number | undefined): Promise<KafkaDistribution> {
  const libs = join(home, 'libs')
  const version = await kafkaVersionIn(libs)
  if (version === undefined)
    throw new SluiceError(
      'BROKER_FAILED',
      `KAFKA_HOME is ${home}, but ${libs} has no kafka_2.13-….jar: unset it or name an unpacked Apache Kafka`,
    )
  if (java === undefined || java < oldestJava) {
    const has = java === undefined ? 'there is none' : `${javaProgram(env)} is Java ${java}`
    throw new SluiceError('BROKER_FAILED', `Kafka ${version} in KAFKA_HOME needs Java ${oldestJava} or newer, but ${has}`)
  }
  return jarsDistribution(libs, version, env)
}

function jarsDistribution(libs: string, version: string, env: NodeJS.ProcessEnv): KafkaDistribution {
  return {
    source: libs,
    version,
    inContainer: false,
    command: run => ({ file: javaProgram(env), args: [...run.flags, '-cp', join(libs, '*'), run.mainClass, ...run.args] }),
  }
}

/** Uses the image as a Java with Kafka's jars. The directory is mounted under the same path and the container runs as this user, who therefore owns the files. */
export function dockerCommand(run: JavaRun, user: string): Command {
  const { dir, flags, mainClass, args, listens } = run
  const reach = listens === undefined ? [] : ['--name', listens.container, '-p', `127.0.0.1:${listens.port}:${listens.port}`]
  const java = [...flags, '-cp', '/opt/kafka/libs/*', mainClass, ...args]
  return { file: 'docker', args: ['run', '--rm', '--user', user, '-v', `${dir}:${dir}`, ...reach, '--entrypoint', 'java', image, ...java] }
}

async function dockerDistribution(options: DownloadOptions): Promise<KafkaDistribution> {
  if (!(await works({ file: 'docker', args: ['image', 'inspect', image] }, options))) await pullImage(options)
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`
  return { source: `Docker image ${image}`, version: kafkaVersion, inContainer: true, command: run => dockerCommand(run, user) }
}

async function pullImage({ env, log, signal }: DownloadOptions): Promise<void> {
  const progress = startProgress(log)
  progress.update(`Fetching the Docker image ${image}, once for this machine`)
  const { code, output } = await runCommand({ file: 'docker', args: ['pull', image] }, { env, signal }).finally(() => progress.end())
  signal?.throwIfAborted()
  if (code !== 0) throw new SluiceError('BROKER_FAILED', `docker pull ${image} failed:\n${tailOf(output, 3)}`)
}

async function works(command: Command, { env, signal }: DownloadOptions): Promise<boolean> {
  const { code } = await runCommand(command, { env, signal })
  signal?.throwIfAborted()
  return code === 0
}
