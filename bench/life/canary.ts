import { sluice } from '../../proto/messages.js'
import type { Answer } from './answer-log.ts'
import { LifeWorld } from './life-world.ts'
import type { Finding, LifeSettings } from './scenario.ts'
import { SteeredModels } from './steered-models.ts'
import { wineValue } from './wines.ts'

const partitions = 6
const dataType = 'wine'
const names = ['a', 'b', 'c'] as const
const { CHALLENGER } = sluice.ModelRole
/** A share or a move may be so far from what was asked for. */
const mostOff = 0.01

type Versions = ReadonlyMap<string, number>

/** Each turn asks for every key once, on another partition than the turn before. */
class Keys {
  readonly #world: LifeWorld
  readonly #count: number
  #turn = 0
  #asked = 0

  constructor(world: LifeWorld, count: number) {
    this.#world = world
    this.#count = count
  }

  /** What answered each key; and whether each had one answer. */
  async ask(): Promise<readonly Answer[]> {
    return this.#send(Array.from({ length: this.#count }, (_, at) => `key-${at}`))
  }

  /** Resolves when the policy is in force on every partition. */
  async settled(policy: number): Promise<void> {
    const few = Array.from({ length: partitions }, (_, at) => `probe-${at}`)
    while (!(await this.#send(few)).every(answer => answer.policy === policy)) await this.#world.pause(20)
  }

  async #send(keys: readonly string[]): Promise<readonly Answer[]> {
    const turn = this.#turn++
    const value = wineValue(dataType, 0)
    await this.#world.write(
      this.#world.topic('data'),
      keys.map((key, at) => ({ key: Buffer.from(key), value, partition: (at + turn) % partitions })),
    )
    const from = this.#asked
    this.#asked += keys.length
    await this.#world.answers.count(this.#asked)
    return this.#world.answers.all.slice(from)
  }
}

/** Three instances; a second model for 10 % of the keys, then for 20 %; every key is asked for again and again, on other instances and after a kill -9 of all. */
export function runCanary(settings: LifeSettings): Promise<readonly Finding[]> {
  return LifeWorld.with(settings, { join: 'broadcast', partitions }, async world => {
    const keys = new Keys(world, settings.keys)
    const models = new SteeredModels(world, dataType, new Map())
    settings.log(`canary: ${names.length} instances start`)
    await world.start(...names)
    world.watch()
    await models.publish(1)
    await keys.settled(1)
    settings.log(`canary: 10 % of ${settings.keys} keys`)
    await models.publish(2, { role: { role: CHALLENGER, weight: 0.1 } })
    await keys.settled(2)
    const tenth = await keys.ask()
    const before = await owners(world)
    const elsewhere = await keys.ask()
    settings.log('canary: 20 %')
    await models.shareByKey(2, 0.2)
    await keys.settled(3)
    const fifth = await keys.ask()
    settings.log('canary: kill -9 of all instances, and a new start')
    await Promise.all(names.map(name => world.instance(name).kill()))
    await world.start(...names)
    const again = await keys.ask()
    return findings(settings.keys, { tenth, elsewhere, fifth, again, owners: before })
  })
}

/** The instance of each partition of the data. */
async function owners(world: LifeWorld): Promise<ReadonlyMap<number, string>> {
  return new Map(await Promise.all(world.partitions.map(async each => [each, await world.ownerOf(`1_${each}`)] as const)))
}

interface Seen {
  readonly tenth: readonly Answer[]
  readonly elsewhere: readonly Answer[]
  readonly fifth: readonly Answer[]
  readonly again: readonly Answer[]
  readonly owners: ReadonlyMap<number, string>
}

function findings(keys: number, { tenth, elsewhere, fifth, again, owners: ofPartition }: Seen): readonly Finding[] {
  const turns = [tenth, elsewhere, fifth, again]
  const [one, other, two, three] = turns.map(versionsOf) as [Versions, Versions, Versions, Versions]
  const moved = different(one, two)
  const back = [...one].filter(([key, version]) => version === 2 && two.get(key) === 1).length
  const first = new Map(tenth.map(({ key, partition }) => [key, ofPartition.get(partition)]))
  const onOthers = elsewhere.filter(({ key, partition }) => ofPartition.get(partition) !== first.get(key)).length
  const instances = new Set(ofPartition.values()).size
  return [
    {
      what: 'every record has one result',
      found: `${turns.reduce((sum, answers) => sum + answers.length, 0)} of ${turns.length * keys}`,
      holds: turns.every(answers => answers.length === keys && versionsOf(answers).size === keys),
    },
    { what: 'a weight of 10 %: the share of the keys is within 1 %', ...near(shareOf(one), 0.1) },
    { what: 'a weight of 20 %', ...near(shareOf(two), 0.2) },
    { what: 'from 10 % to 20 %: 10 ± 1 % of all keys move', ...near(moved / keys, 0.1) },
    { what: 'and none of them back', found: `${back}`, holds: back === 0 },
    {
      what: 'the same key, the same model on each of three instances',
      found: `${different(one, other)} differ, of ${onOthers} asked on another of ${instances} instances`,
      holds: different(one, other) === 0 && instances === names.length && onOthers > keys / 4,
    },
    { what: 'and after a kill -9 of all', found: `${different(two, three)} differ`, holds: different(two, three) === 0 },
  ]
}

function near(share: number, wanted: number): Pick<Finding, 'found' | 'holds'> {
  return { found: `${(share * 100).toFixed(2)} %`, holds: Math.abs(share - wanted) <= mostOff }
}

function versionsOf(answers: readonly Answer[]): Versions {
  return new Map(answers.map(({ key, version }) => [key, version]))
}

function shareOf(versions: Versions): number {
  return [...versions.values()].filter(version => version === 2).length / versions.size
}

function different(one: Versions, other: Versions): number {
  return [...one].filter(([key, version]) => other.get(key) !== version).length
}
