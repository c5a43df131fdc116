import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runningBroker, stopBroker, writeBrokerRecord } from '../../cli/kafka/broker-record.ts'
import { freePort, isPortFree } from '../../cli/kafka/free-port.ts'
import { parseJavaVersion } from '../../cli/kafka/java.ts'
import { dockerCommand, findKafka, type JavaRun, noKafkaMessage } from '../../cli/kafka/kafka-distribution.ts'
import { jarsDirectory, kafkaVersion } from '../../cli/kafka/kafka-jars.ts'
import { diedAtStart, startLocalKafka } from '../../cli/kafka/local-kafka.ts'
import { servesKafka } from '../../cli/kafka/metadata-probe.ts'
import { serverProperties } from '../../cli/kafka/server-properties.ts'
import { SluiceError } from '../../base/sluice-error.ts'

interface Context {
  root: string
}

const test = suite<Context>('local kafka', { root: '' })

test.before.each(async context => {
  context.root = await mkdtemp(join(tmpdir(), 'local-kafka-'))
})
test.after.each(context => rm(context.root, { recursive: true, force: true }))

async function failureOf(work: Promise<unknown>): Promise<SluiceError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.instance(error, SluiceError)
  return error as SluiceError
}

/** A machine on which only the given programs exist, each a shell script. */
async function machine(root: string, programs: Readonly<Record<string, string>>): Promise<NodeJS.ProcessEnv> {
  const bin = join(root, 'bin')
  await mkdir(bin)
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
    await chmod(join(bin, name), 0o755)
  }
  return { PATH: bin, XDG_CACHE_HOME: join(root, 'cache') }
}

const java = (version: string): string => `echo 'openjdk version "${version}" 2025-01-01' >&2`
/** Answers --version, and else does what `fetch` does with the output directory in $out. */
const maven = (fetch: string): string =>
  `[ "$1" = --version ] && exit 0\nfor a; do case $a in -DoutputDirectory=*) out=\${a#*=};; esac; done\n${fetch}`
const fetchesAll = `echo "[INFO] Downloaded from central: x.jar (1 kB)"\n: > "$out/kafka_2.13-${kafkaVersion}.jar"`

async function listen(): Promise<{ server: Server; port: number }> {
  const server = createServer(socket =>
    socket
      .on('error', () => {})
      .resume()
      .end('not kafka, whoever asks\n'),
  )
  const port = await freePort()
  await new Promise<void>(done => server.listen(port, '127.0.0.1', done))
  return { server, port }
}

test('the port after a free port is free too', async () => {
  const port = await freePort()
  assert.ok(await isPortFree(port))
  assert.ok(await isPortFree(port + 1))
})

test('a port that another program uses is taken, and does not answer as Kafka', async () => {
  const { server, port } = await listen()
  try {
    assert.not(await isPortFree(port))
    assert.not(await servesKafka(port))
    assert.not(await servesKafka(await freePort()))
  } finally {
    await new Promise(done => server.close(done))
  }
})

test('starting on a taken port says so, before any Java runs', async ({ root }) => {
  const { server, port } = await listen()
  try {
    const error = await failureOf(startLocalKafka({ dir: join(root, 'b'), port, env: { PATH: '' } }))
    assert.is(error.code, 'PORT_TAKEN')
    assert.match(error.message, `port ${port} of 127.0.0.1 is taken`)
  } finally {
    await new Promise(done => server.close(done))
  }
})

test('an unwritable directory is named in the error', async ({ root }) => {
  await writeFile(join(root, 'file'), '')
  const error = await failureOf(startLocalKafka({ dir: join(root, 'file', 'b'), port: await freePort() }))
  assert.is(error.code, 'BROKER_FAILED')
  assert.match(error.message, /cannot write the broker's directory .*file\/b: ENOTDIR/)
  assert.match((await failureOf(startLocalKafka({ dir: join(root, 'a,b'), port: 1 }))).message, /has a comma/)
})

test('a directory with other data is not changed', async ({ root }) => {
  await mkdir(join(root, 'b', 'data'), { recursive: true })
  await writeFile(join(root, 'b', 'data', 'letters'), 'dear')
  const env = await machine(root, { java: java('17.0.1'), mvn: maven(fetchesAll) })
  const error = await failureOf(startLocalKafka({ dir: join(root, 'b'), port: await freePort(), env, log: () => {} }))
  assert.match(error.message, /data is not a Kafka broker's data/)
  assert.equal(await readdir(join(root, 'b', 'data')), ['letters'])
})

test('reads the versions that Javas print', () => {
  assert.is(parseJavaVersion('openjdk version "17.0.15" 2025-04-15'), 17)
  assert.is(parseJavaVersion('Picked up JAVA_TOOL_OPTIONS: -Xmx1g\njava version "21" 2023-09-19'), 21)
  assert.is(parseJavaVersion('java version "1.8.0_402"'), 8)
  assert.is(parseJavaVersion('command not found'), undefined)
})

test('if Kafka cannot be run, the error names every remedy', async ({ root }) => {
  const error = await failureOf(findKafka({ env: await machine(root, {}) }))
  assert.is(error.code, 'BROKER_FAILED')
  for (const way of [/has no Java/, /Java 17 or newer and Maven/, /KAFKA_HOME/, /Docker/, /KAFKA_BROKERS/]) assert.match(error.message, way)
  assert.match(noKafkaMessage(11), /Java 11, which is too old/)
  assert.match(noKafkaMessage(17), /Java 17 but no Maven/)
})

test('KAFKA_HOME is tried first; if it is wrong, nothing else is tried', async ({ root }) => {
  const env = { ...(await machine(root, { java: java('17.0.1') })), KAFKA_HOME: join(root, 'home') }
  assert.match((await failureOf(findKafka({ env }))).message, /KAFKA_HOME is .*home, but .*libs has no kafka_2\.13/)
  await mkdir(join(root, 'home', 'libs'), { recursive: true })
  await writeFile(join(root, 'home', 'libs', 'kafka_2.13-4.2.0.jar'), '')
  const kafka = await findKafka({ env })
  assert.is(kafka.version, '4.2.0')
  assert.equal(kafka.command({ dir: root, flags: ['-Xmx1m'], mainClass: 'Main', args: ['a'] }), {
    file: 'java',
    args: ['-Xmx1m', '-cp', join(root, 'home', 'libs', '*'), 'Main', 'a'],
  })
  await writeFile(join(root, 'bin', 'java'), `#!/bin/sh\n${java('11.0.2')}\n`)
  assert.match((await failureOf(findKafka({ env }))).message, /Kafka 4\.2\.0 in KAFKA_HOME needs Java 17 or newer, but java is Java 11/)
})

test('the jars are fetched once and completely to the cache, also by two simultaneous calls', async ({ root }) => {
  const env = await machine(root, { java: java('21.0.1'), mvn: maven(fetchesAll) })
  const lines: string[] = []
  const log = (line: string): void => void lines.push(line)
  const [one, two] = await Promise.all([findKafka({ env, log }), findKafka({ env, log })])
  assert.is(one.source, join(root, 'cache', 'sluice', `kafka-${kafkaVersion}`))
  assert.is(two.source, one.source)
  assert.equal(await readdir(join(root, 'cache', 'sluice')), [`kafka-${kafkaVersion}`])
  assert.match(lines.join('\n'), /Maven: 1 jars \(\d+ s\)/)
  await writeFile(join(root, 'bin', 'mvn'), '#!/bin/sh\nexit 1\n')
  assert.is((await findKafka({ env })).source, one.source)
})

test('the fetched version is the reported version', async () => {
  const pom = await readFile(join(import.meta.dirname, '../../cli/kafka/pom.xml'), 'utf8')
  assert.match(pom, `<artifactId>kafka_2.13</artifactId>\n      <version>${kafkaVersion}</version>`)
})

test('a broker that fails on data of a newer Kafka reports what to do', () => {
  // What Kafka 4.3.1 logs about data of 4.4.0.
  const log =
    'Caused by: java.lang.IllegalArgumentException: No MetadataVersion with feature level 33. Valid feature levels are from 7 to 31.\n\tat a.B(C.java:1)'
  const told = diedAtStart('/d', '4.3.1', log)
  assert.match(told, /^Kafka 4\.3\.1 died at start: \/d\/data was written by a newer Kafka; .* KAFKA_HOME .* another directory/)
  assert.match(told, 'feature level 33')
  assert.match(diedAtStart('/d', '4.4.0', 'out of memory'), /^Kafka 4\.4\.0 died at start; the end of \/d\/broker\.log:\nout of memory$/)
})

test('a failed fetch is reported with the output of Maven, and leaves no files', async ({ root }) => {
  const env = await machine(root, {
    java: java('17.0.1'),
    mvn: maven(': > "$out/half.jar"\necho "[ERROR] no route to the repository"\nexit 1'),
  })
  const error = await failureOf(findKafka({ env, log: () => {} }))
  assert.match(error.message, /Maven could not fetch Apache Kafka.*\n.*no route to the repository/)
  assert.equal(await readdir(join(root, 'cache', 'sluice')), [])
})

test('an unwritable cache is named in the error', async ({ root }) => {
  await writeFile(join(root, 'cache'), '')
  const env = await machine(root, { java: java('17.0.1'), mvn: maven(fetchesAll) })
  const error = await failureOf(findKafka({ env, log: () => {} }))
  assert.match(error.message, `cannot keep Kafka's jars in ${jarsDirectory(env)}`)
})

test('Docker is used if Java is too old', async ({ root }) => {
  const env = await machine(root, { java: java('11.0.2'), docker: 'exit 0' })
  const kafka = await findKafka({ env })
  assert.ok(kafka.inContainer)
  assert.match(kafka.source, `apache/kafka:${kafkaVersion}`)
})

test('in Docker the port is published on this machine only, and the files belong to the user', () => {
  const run: JavaRun = { dir: '/d', flags: ['-Xmx1m'], mainClass: 'kafka.Kafka', args: ['/d/p'], listens: { port: 9292, container: 'c' } }
  const { file, args } = dockerCommand(run, '7:8')
  assert.is(
    `${file} ${args.join(' ')}`,
    `docker run --rm --user 7:8 -v /d:/d --name c -p 127.0.0.1:9292:9292 --entrypoint java apache/kafka:${kafkaVersion} -Xmx1m -cp /opt/kafka/libs/* kafka.Kafka /d/p`,
  )
})

test('a broker listens on this machine only, and advertises that address', () => {
  const text = serverProperties({ dir: '/d\\e', port: 9292, controllerPort: 9293, bindHost: '127.0.0.1' })
  for (const line of [
    'listeners=PLAINTEXT://127.0.0.1:9292,CONTROLLER://127.0.0.1:9293',
    'log.dirs=/d\\\\e/data',
    'group.initial.rebalance.delay.ms=0',
    'auto.create.topics.enable=false',
  ]) {
    assert.ok(text.split('\n').includes(line), line)
  }
})

test('a process file of a process that has ended, or of another program, is no running broker', async ({ root }) => {
  const record = { port: 9292, version: kafkaVersion, source: 'here' }
  assert.is(runningBroker(root), undefined)
  await writeBrokerRecord(root, { ...record, pid: process.pid })
  assert.is(runningBroker(root), undefined)
  await writeFile(join(root, 'broker.json'), '{"pid":')
  assert.is(runningBroker(root), undefined)
  const stubborn = spawn(process.execPath, [
    '-e',
    "process.on('SIGTERM', () => process.exit(0)); console.log('up'); setInterval(() => {}, 1000)",
    root,
  ])
  await outputOf(stubborn)
  const running = { ...record, pid: stubborn.pid! }
  await writeBrokerRecord(root, running)
  assert.equal(runningBroker(root), running)
  await stopBroker(root, running)
  assert.is(runningBroker(root), undefined)
  assert.equal(await readdir(root), [])
})

function outputOf(child: ChildProcess): Promise<string> {
  return new Promise(resolve => child.stdout?.once('data', chunk => resolve(String(chunk))))
}

test.run()
