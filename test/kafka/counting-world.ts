import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { SluiceError } from '../../base/sluice-error.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { counted } from './counted.ts'
import { createTopology } from './counting-topology.ts'
import { type CommittedOffset, eventually, KafkaFixture } from './fixture.ts'

export type Guarantee = 'exactly_once' | 'at_least_once'

/** The results of an application that has counted the given number of records of one key, each once. */
export const upTo = (last: number): string[] => Array.from({ length: last }, (_, at) => String(at + 1))

/** An application that counts, instance after instance, and what its group has committed. */
export class CountingWorld {
  readonly fixture: KafkaFixture
  readonly #dir: string
  readonly #second: string | undefined
  readonly #apps: SluiceStreams[] = []
  #sent = 0
  readonly warnings: Record<string, unknown>[] = []

  private constructor(fixture: KafkaFixture, dir: string, second: string | undefined) {
    this.fixture = fixture
    this.#dir = dir
    this.#second = second
  }

  /** `second`: the name of a second store that has the counts too. */
  static async open(brokers: string, second?: string): Promise<CountingWorld> {
    const world = new CountingWorld(new KafkaFixture(brokers), await mkdtemp(join(tmpdir(), 'sluice-takeover-')), second)
    await world.fixture.createTopics({ in: { partitions: 1 }, out: { partitions: 1 } })
    return world
  }

  async close(): Promise<void> {
    await Promise.all(this.#apps.map(app => app.stop()))
    await this.fixture.close()
    await rm(this.#dir, { recursive: true })
  }

  /** One instance, whose state lies in a directory of that name. */
  async start(guarantee: Guarantee = 'exactly_once', name = 'one'): Promise<SluiceStreams> {
    const { fixture, warnings } = this
    const topology = createTopology({ input: fixture.topic('in'), output: fixture.topic('out'), second: this.#second })
    const app = new SluiceStreams(topology, {
      applicationId: fixture.id,
      brokers: fixture.brokers,
      guarantee,
      stateDir: join(this.#dir, name),
      listener: { log: (level, message, fields) => void (level === 'warn' && warnings.push({ message, ...fields })) },
    })
    this.#apps.push(app)
    await app.start()
    return app
  }

  async produce(count: number): Promise<void> {
    this.#sent += count
    await this.fixture.produce(
      'in',
      Array.from({ length: count }, () => ({ key: Buffer.from('k'), value: Buffer.from('x') })),
    )
  }

  /** All results, once there are the given number of them. */
  async results(count: number): Promise<readonly string[]> {
    return (await this.fixture.readAtLeast('out', count)).map(({ value }) => String(value))
  }

  /** Sends records of one key; returns all results so far once there are the given number of them. */
  async send(count: number, results = this.#sent + count): Promise<readonly string[]> {
    await this.produce(count)
    return this.results(results)
  }

  /** Waits for the failure that ends the instance, which is counted by its code. */
  async failureOf(app: SluiceStreams): Promise<SluiceError> {
    const failure = (await eventually(
      () => app.failure,
      found => found !== undefined,
    )) as SluiceError
    assert.is(await counted(app, 'sluice_thread_failures_total', { code: failure.code }), 1)
    await app.stop()
    return failure
  }

  /** What the group has committed of the input. */
  async committed(): Promise<readonly CommittedOffset[]> {
    const admin = this.fixture.kafka.admin()
    await admin.connect()
    const [found] = await admin.fetchOffsets({ groupId: this.fixture.id, topics: [this.fixture.topic('in')] })
    await admin.disconnect()
    return found?.partitions ?? []
  }

  /** Commits offsets with their metadata, as a member would. */
  async commit(partitions: readonly CommittedOffset[]): Promise<void> {
    await this.fixture.commitOffsets('in', partitions)
  }

  /** Sets the offset as a tool does. */
  async set(offset: number): Promise<void> {
    await this.commit([{ partition: 0, offset: String(offset), metadata: '' }])
  }

  /** Does what the command in a message does. */
  async setAsTold({ message }: SluiceError): Promise<void> {
    const offset = /--reset-offsets --to-offset (\d+)/.exec(message)?.[1]
    assert.ok(offset !== undefined, message)
    await this.set(Number(offset))
  }
}
