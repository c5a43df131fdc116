import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { StateDirectory } from '../../stores/index.ts'
import { Failover } from '../../topology/runtime/failover/failover.ts'
import { evictMember, GroupAdmin, type GroupMember } from '../../topology/runtime/failover/group-admin.ts'
import { SluiceStreams } from '../../topology/runtime/index.ts'
import { createTopology } from './counting-topology.ts'
import { eventually, KafkaFixture } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']
if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else {
  groups(brokers)
  exactlyOnce(brokers)
}

const allTasks = ['0_0', '0_1', '0_2', '0_3']

/** Creates topics, and waits until the broker knows them, because it may answer that a new topic is unknown. */
async function create(fixture: KafkaFixture, names: readonly string[]): Promise<void> {
  const failure = await eventually(
    () => makeAndRead(fixture, names).catch((error: unknown) => error),
    error => error === undefined,
  )
  if (failure !== undefined) throw failure
}

async function makeAndRead(fixture: KafkaFixture, names: readonly string[]): Promise<void> {
  await fixture.createTopics(Object.fromEntries(names.map(name => [name, {}])))
  await Promise.all(names.map(name => fixture.readAll(name)))
}

interface Joined {
  readonly memberId: string
  readonly tasks: readonly string[]
}

/** A member in a separate process. */
class MemberProcess {
  readonly joins: Joined[] = []
  /** The lines that it logged. */
  readonly log: { readonly message: string; readonly member?: string; readonly ending?: string }[] = []
  /** The members to which it is connected. */
  connected: readonly string[] = []
  readonly directory: string
  readonly #child: ChildProcess

  constructor(fixture: KafkaFixture, directory: string) {
    this.directory = directory
    const script = fileURLToPath(new URL('failover-member.ts', import.meta.url))
    const args = [fixture.brokers.join(','), fixture.id, fixture.topic('in'), directory]
    const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child = child
    createInterface(child.stdout).on('line', line => {
      const said = JSON.parse(line) as { event: string }
      if (said.event === 'joined') this.joins.push(said as unknown as Joined)
      else if (said.event === 'connected') this.connected = (said as unknown as { members: string[] }).members
      else this.log.push(said as unknown as { message: string })
    })
  }

  /** The tasks in the last generation of the member. */
  get tasks(): readonly string[] {
    return this.joins.at(-1)?.tasks ?? []
  }

  get memberId(): string {
    return this.joins.at(-1)?.memberId ?? ''
  }

  get exitCode(): number | null {
    return this.#child.exitCode
  }

  get condemned(): readonly (string | undefined)[] {
    return this.log.filter(({ message }) => message.startsWith('an instance died')).map(({ member }) => member)
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const closed = once(this.#child, 'close')
    this.#child.kill(signal)
    await closed
  }
}

interface World {
  readonly fixture: KafkaFixture
  readonly dir: string
  readonly members: MemberProcess[]
  readonly group: GroupAdmin
}

/** Every session lasts ten minutes, longer than `eventually` waits, so nothing that happens here waited for the end of a session. */
function groups(brokers: string): void {
  const test = suite<World>('fail-over without waiting for the session')
  test.before.each(async context => {
    const fixture = new KafkaFixture(brokers)
    const dir = await mkdtemp(join(tmpdir(), 'sluice-failover-'))
    Object.assign(context, { fixture, dir, members: [], group: new GroupAdmin(fixture.kafka, fixture.id) })
    await create(fixture, ['in'])
  })
  test.after.each(async ({ fixture, dir, members, group }) => {
    await Promise.all(members.map(member => member.end('SIGKILL')))
    await group.close()
    await fixture.close()
    await rm(dir, { recursive: true })
  })

  const start = ({ fixture, dir, members }: World, name: string): MemberProcess => {
    const member = new MemberProcess(fixture, join(dir, name))
    members.push(member)
    return member
  }

  /** Waits until the group has exactly these members, they share all tasks, and each is connected to all others. */
  const settled = async ({ group }: World, members: readonly MemberProcess[]): Promise<void> => {
    const wanted = (): string => JSON.stringify(members.map(({ memberId }) => memberId).toSorted())
    const listed = (all: readonly GroupMember[] | undefined): string => JSON.stringify(all?.map(({ memberId }) => memberId).toSorted())
    const shared = (): readonly string[] => members.flatMap(({ tasks }) => tasks).toSorted()
    const found = await eventually(
      () => group.members(),
      all => listed(all) === wanted() && shared().join() === allTasks.join(),
    )
    assert.is(listed(found), wanted())
    assert.equal(shared(), allTasks)
    for (const member of members) {
      const others = members.flatMap(({ memberId }) => (memberId === member.memberId ? [] : [memberId])).toSorted()
      const connected = await eventually(
        () => member.connected.toSorted(),
        found => found.join() === others.join(),
      )
      assert.equal(connected, others)
    }
  }

  test('removing no member returns false', async ({ fixture, group }) => {
    assert.is(await evictMember(fixture.kafka, fixture.id, 'nobody'), false)
    assert.is(await evictMember(fixture.kafka, `${fixture.id}-no-group`, 'nobody'), false)
    assert.is(await group.evict(''), false)
  })

  test('SIGKILL of one of two: the survivor has all tasks', async world => {
    const [a, b] = [start(world, 'a'), start(world, 'b')]
    await settled(world, [a, b])
    await b.end('SIGKILL')
    await settled(world, [a])
    assert.equal(a.condemned, [b.memberId])
  })

  test('SIGKILL of two of four at once: the survivors remove only these two, and share all tasks', async world => {
    const all = ['a', 'b', 'c', 'd'].map(name => start(world, name))
    const [a, b, c, d] = all as [MemberProcess, MemberProcess, MemberProcess, MemberProcess]
    await settled(world, all)
    await Promise.all([c.end('SIGKILL'), d.end('SIGKILL')])
    await settled(world, [a, b])
    // The group may have removed a member before the second survivor notices its death.
    const condemned = await eventually(
      () => new Set([...a.condemned, ...b.condemned]),
      found => found.size >= 2,
    )
    assert.equal(condemned, new Set([c.memberId, d.memberId]))
  })

  test('SIGKILL and restart without a survivor: the new process removes its own former member', async world => {
    const first = start(world, 'a')
    await settled(world, [first])
    await first.end('SIGKILL')
    const second = start(world, 'a')
    await settled(world, [second])
    assert.is.not(second.memberId, first.memberId)
    assert.equal(
      second.log.map(({ message, member }) => [message, member]),
      [['removed a dead member', first.memberId]],
    )
  })

  test('SIGKILL and restart with an empty state directory: the former member has another instance id, but nobody listens at its address', async world => {
    const before = start(world, 'a')
    await settled(world, [before])
    await before.end('SIGKILL')
    await rm(join(world.dir, 'a'), { recursive: true })
    const after = start(world, 'a')
    await settled(world, [after])
    assert.is.not(after.memberId, before.memberId)
  })

  test('the member of a thread that failed is removed before another thread joins', async world => {
    const { fixture } = world
    const member = start(world, 'a')
    await settled(world, [member])
    const { memberId } = member
    const evicted: string[] = []
    const failOver = await Failover.open({
      kafka: fixture.kafka,
      applicationId: fixture.id,
      instance: 'i',
      host: '127.0.0.1',
      directory: undefined,
      log: undefined,
      onEvicted: reason => evicted.push(reason),
    })
    await failOver.left('one that left after all', false)
    await failOver.left(memberId, false)
    await failOver.evictOrphans(new AbortController().signal)
    assert.equal(evicted, ['failed'], 'one of them was a member')
    const rejoined = await eventually(
      () => member.memberId,
      now => now !== memberId,
    )
    assert.is.not(rejoined, memberId)
    await failOver.close()
  })

  test('an instance that starts does not remove a living one', async world => {
    const first = start(world, 'a')
    await settled(world, [first])
    const { memberId } = first
    await settled(world, [first, start(world, 'b')])
    assert.is(first.memberId, memberId)
  })

  test('SIGTERM: no member is declared dead, and none is left to remove', async world => {
    const [a, b] = [start(world, 'a'), start(world, 'b')]
    await settled(world, [a, b])
    await b.end('SIGTERM')
    assert.is(b.exitCode, 0)
    await settled(world, [a])
    assert.equal(a.condemned, [])
    const directory = await StateDirectory.open(b.directory, world.fixture.id)
    assert.is(directory.get('memberIds'), '[]')
    await directory.close()
  })

  test('a member removed by mistake rejoins, again and again', async world => {
    const [a, b] = [start(world, 'a'), start(world, 'b')]
    await settled(world, [a, b])
    const known = new Set([b.memberId])
    for (let round = 1; round <= 5; round++) {
      assert.is(await world.group.evict(b.memberId), true)
      await eventually(
        () => b.memberId,
        memberId => !known.has(memberId),
      )
      assert.is(known.has(b.memberId), false)
      known.add(b.memberId)
      await settled(world, [a, b])
    }
    assert.equal([a.condemned, b.condemned], [[], []])
    await b.end('SIGKILL')
    await settled(world, [a])
    assert.equal(a.condemned, [b.memberId], 'its last id is the one that is removed')
  })

  test.run()
}

function exactlyOnce(brokers: string): void {
  const test = suite('a living member removed under exactly_once')
  const rounds = 8
  const keys = 20
  const perKey = 50

  test('nothing is lost or doubled, even if it happens repeatedly', async () => {
    const fixture = new KafkaFixture(brokers)
    const dir = await mkdtemp(join(tmpdir(), 'sluice-failover-'))
    await create(fixture, ['words', 'out'])
    const apps = ['1', '2'].map(name => {
      const topology = createTopology({ input: fixture.topic('words'), output: fixture.topic('out') })
      const options = { applicationId: fixture.id, brokers: fixture.brokers, guarantee: 'exactly_once' } as const
      return new SluiceStreams(topology, { ...options, stateDir: join(dir, name) })
    })
    const group = new GroupAdmin(fixture.kafka, fixture.id)
    try {
      await Promise.all(apps.map(app => app.start()))
      const words = Array.from({ length: keys * perKey }, (_, at) => ({ key: Buffer.from(`k${at % keys}`), value: Buffer.from('x') }))
      let removed = 0
      for (let round = 0; round < rounds; round++) {
        const sent = fixture.produce('words', words)
        const members = await eventually(
          () => group.members(),
          all => all?.length === apps.length,
        )
        if (await group.evict(members?.[round % apps.length]?.memberId ?? '')) removed++
        await sent
      }
      assert.ok(removed >= rounds / 2, `${removed} were removed`)
      await fixture.readAtLeast('out', rounds * words.length)
    } finally {
      await Promise.all(apps.map(app => app.stop()))
      await group.close()
      await rm(dir, { recursive: true })
    }
    const out = await fixture.readAll('out')
    await fixture.close()
    const wanted = Array.from({ length: rounds * perKey }, (_, at) => at + 1)
    for (let key = 0; key < keys; key++) {
      const counts = out.filter(record => String(record.key) === `k${key}`).map(record => Number(record.value))
      assert.equal(counts, wanted, `k${key}`)
    }
    assert.is(out.length, rounds * keys * perKey)
  })

  test.run()
}
