import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import type { KeyAnswer } from '../../rest/queries/key-queries.ts'
import type { AllEntries } from '../../rest/queries/scatter-query.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const children = new Set<ChildProcess>()
process.on('exit', () => children.forEach(child => child.kill('SIGKILL')))

/** An instance, which can be restarted in a new process. */
export class QueriedInstance {
  port = 0
  readonly #args: readonly string[]
  #child: ChildProcess | undefined

  constructor(args: readonly string[]) {
    this.#args = args
  }

  async start(): Promise<void> {
    const program = fileURLToPath(new URL('many-keys-instance.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', program, ...this.#args], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.add(child)
    this.#child = child
    const [line] = (await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')) as [string]
    this.port = Number(line)
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
    children.delete(child)
  }

  /** Suspends the process, and continues it. */
  freeze(): void {
    this.#child?.kill('SIGSTOP')
  }

  thaw(): void {
    this.#child?.kill('SIGCONT')
  }

  /** undefined: there is no answer. */
  async get(path: string): Promise<{ status: number; body: Record<string, unknown> } | undefined> {
    const headers = { authorization: 'Bearer secret' }
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, { headers, signal: AbortSignal.timeout(20_000) }).catch(
      () => undefined,
    )
    const body = await answer?.json().catch(() => undefined)
    return answer === undefined || body === undefined ? undefined : { status: answer.status, body: body as Record<string, unknown> }
  }
}

/** Queries keys continuously, and compares every answer with what was known when it was requested. */
export class Asker {
  readonly wrong: string[] = []
  readonly seen = { right: 0, stale: 0, unavailable: 0, down: 0 }
  /** The largest number of writes of each key. */
  written = 0
  /** The largest value that an owner has answered for each key. */
  readonly #told = new Map<string, number>()
  readonly #keys: readonly string[]
  #over = false
  readonly #running: Promise<void>[] = []

  constructor(keys: readonly string[]) {
    this.#keys = keys
  }

  start(instances: readonly QueriedInstance[]): void {
    for (const [at, instance] of instances.entries()) {
      for (let worker = 0; worker < 2; worker++) this.#running.push(this.#askKeys(instance, worker + 3 * at))
      this.#running.push(this.#askAll(instance))
    }
  }

  async stop(): Promise<void> {
    this.#over = true
    await Promise.all(this.#running)
  }

  /** Sends one request, whose answer must not be older than the values known before it. */
  async ask(instance: QueriedInstance, key: string): Promise<void> {
    const least = this.#told.get(key) ?? 1
    const answer = await instance.get(`/state/counts/keys/${key}`)
    if (answer?.status !== 200) return await this.#noAnswer(key, answer)
    const { value, stale } = answer.body as unknown as KeyAnswer
    this.#check(key, Number(value), least, stale === true)
  }

  async #askKeys(instance: QueriedInstance, worker: number): Promise<void> {
    for (let at = worker * 97; !this.#over; at += 7) {
      await this.ask(instance, this.#keys[at % this.#keys.length] as string)
      await sleep(2)
    }
  }

  async #askAll(instance: QueriedInstance): Promise<void> {
    for (let after = ''; !this.#over;) {
      after = await this.askPage(instance, after)
      await sleep(100)
    }
  }

  /** Checks the entries after a key. Returns the last key of the page; '' if no more follow. */
  async askPage(instance: QueriedInstance, after = ''): Promise<string> {
    const least = new Map(this.#told)
    const answer = await instance.get(`/state/counts/all?limit=500&after=${after}`)
    if (answer?.status !== 200) {
      await this.#noAnswer('all', answer)
      return after
    }
    const { entries, next = '', stale: stalePartitions } = answer.body as unknown as AllEntries
    const expected = this.#keys.slice(after === '' ? 0 : this.#keys.indexOf(after) + 1).slice(0, 500)
    // A standby may not have every key yet.
    if (stalePartitions === undefined && entries.map(({ key }) => key).join() !== expected.join())
      this.wrong.push(`${entries.length} entries after "${after}"`)
    for (const { key, value, stale } of entries) this.#check(key, Number(value), least.get(key) ?? 1, stale === true)
    return next
  }

  #check(key: string, value: number, least: number, stale: boolean): void {
    if (stale) this.seen.stale++
    else this.seen.right++
    if (!(value >= (stale ? 1 : least) && value <= this.written))
      this.wrong.push(`${key}: ${value}, not ${least} to ${this.written}${stale ? ', stale' : ''}`)
    if (!stale && value > (this.#told.get(key) ?? 0)) this.#told.set(key, value)
  }

  async #noAnswer(what: string, answer: Awaited<ReturnType<QueriedInstance['get']>>): Promise<void> {
    if (answer === undefined) this.seen.down++
    else if (answer.status === 503) this.seen.unavailable++
    else this.wrong.push(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`)
    await sleep(50)
  }
}

export type Pair = readonly [QueriedInstance, QueriedInstance]

/** Waits until both together run all tasks, and have every key at this value. */
export async function settled(instances: readonly QueriedInstance[], keys: readonly string[], value: number): Promise<void> {
  const good = async (): Promise<string> => {
    for (const instance of instances) {
      const group = await instance.get('/state/instances')
      const members = (group?.body ?? []) as unknown as { activeTasks: string[] }[]
      if (members.length !== 2 || members.some(({ activeTasks }) => activeTasks.length !== 2))
        return `the group is ${JSON.stringify(members)}`
      const all = await instance.get('/state/counts/all')
      const { entries, stale } = (all?.body ?? {}) as Partial<AllEntries>
      const reached = entries?.filter(entry => entry.value === value).length
      if (reached !== keys.length || stale !== undefined) return `${reached} keys have reached ${value}`
    }
    return 'settled'
  }
  assert.is(await eventually(good, answer => answer === 'settled'), 'settled')
}

/** Waits until this one alone runs all tasks and has every key at this value. */
export async function tookOver(instance: QueriedInstance, keys: readonly string[], value: number): Promise<void> {
  const taken = async (): Promise<boolean> => {
    const members = ((await instance.get('/state/instances'))?.body ?? []) as unknown as { port: number; activeTasks: string[] }[]
    if (members.find(({ port }) => port === instance.port)?.activeTasks.length !== 4) return false
    const { entries, stale } = ((await instance.get('/state/counts/all'))?.body ?? {}) as Partial<AllEntries>
    return stale === undefined && entries?.length === keys.length && entries.every(entry => entry.value === value)
  }
  assert.is(await eventually(taken, yes => yes), true)
}

/** Checks that both give the same, right answer for every key, from its owner. */
export async function sameOnBoth([one, two]: Pair, keys: readonly string[], value: number): Promise<void> {
  const owners = new Set<number>()
  for (let at = 0; at < keys.length; at += 16) {
    await Promise.all(
      keys.slice(at, at + 16).map(async key => {
        const [a, b] = await Promise.all([one, two].map(instance => instance.get(`/state/counts/keys/${key}`)))
        assert.equal(a, b)
        assert.is(a?.status, 200)
        assert.equal([a?.body['key'], a?.body['value'], a?.body['stale']], [key, value, undefined])
        owners.add(Number(a?.body['port']))
      }),
    )
  }
  assert.equal(owners, new Set([one.port, two.port]))
}

/** Two instances of an application that counts per key, with one standby for each task, and their input topic. */
export async function withPair(
  keys: readonly string[],
  run: (pair: Pair, asker: Asker, write: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const fixture = new KafkaFixture(String(process.env['KAFKA_BROKERS']))
  const directory = await mkdtemp(join(tmpdir(), 'sluice-many-keys-'))
  const topics = [fixture.topic('in'), fixture.topic('out')]
  const args = (name: string): string[] => [fixture.brokers.join(','), fixture.id, ...topics, join(directory, name)]
  const both: Pair = [new QueriedInstance(args('one')), new QueriedInstance(args('two'))]
  const asker = new Asker(keys)
  const write = async (): Promise<void> => {
    asker.written++
    await fixture.produce(
      'in',
      keys.map(key => ({ key: Buffer.from(key), value: Buffer.from('x') })),
    )
  }
  try {
    await fixture.createTopics({ in: {}, out: {} })
    await write()
    await Promise.all(both.map(instance => instance.start()))
    await settled(both, keys, 1)
    await run(both, asker, write)
    console.log(JSON.stringify(asker.seen))
    assert.equal(asker.wrong, [])
    assert.ok(asker.seen.right > keys.length)
  } finally {
    await asker.stop()
    await Promise.all(both.map(instance => instance.kill()))
    await fixture.close()
    await rm(directory, { recursive: true })
  }
}
