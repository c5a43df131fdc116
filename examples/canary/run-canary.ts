import { messages } from '../../serving.ts'
import { type Answered, CanaryGroup, partitions } from './canary-group.ts'

/** Enough for the share to be within 1 % of the weight: its standard deviation is 0.2 %. */
const customers = 20_000
const instances = ['a', 'b', 'c'] as const
const { CHALLENGER } = messages.ModelRole

/** What was proved: a line each; `holds` false: it did not hold. */
export interface Proved {
  readonly what: string
  readonly found: string
  readonly holds: boolean
}

type Versions = ReadonlyMap<string, number>

/**
 * Three instances serve a model; a second one begins as a challenger for a tenth of the keys, gets a fifth, and becomes the champion. Every customer is asked for
 * several times, each time on another partition, and so on another instance.
 */
export async function runCanary(brokers: string, tell: (line: string) => void): Promise<readonly Proved[]> {
  const group = await CanaryGroup.open(brokers)
  const keys = Array.from({ length: customers }, (_, at) => `customer ${at}`)
  let turn = 0
  const ask = (): Promise<readonly Answered[]> => group.answers(keys, turn++)
  try {
    for (const name of instances) await group.start(name)
    await group.publish('wine-linear')
    await settled(group, 1)
    tell(`${instances.length} instances, ${customers} customers; the second model begins with a tenth of them`)
    await group.publish('wine-mlp', { role: CHALLENGER, weight: 0.1 })
    await settled(group, 2)
    const tenth = await ask()
    const owners = await group.owners()
    const elsewhere = await ask()
    tell('a fifth')
    await group.control({ setRole: { of: { version: 2 }, role: CHALLENGER, weight: 0.2 } })
    await settled(group, 3)
    const fifth = await ask()
    tell('one instance stops, and comes back without its state')
    await group.stop('b')
    const without = await ask()
    await group.start('d')
    const again = await ask()
    tell('all of them')
    await group.control({ promote: { version: 2 }, who: 'the example', reason: 'its share went well' })
    await settled(group, 4)
    const promoted = await ask()
    return proved({ tenth, elsewhere, fifth, without, again, promoted, owners })
  } finally {
    await group.close()
  }
}

/** Asks for a few customers until the policy of that number is in force on every partition. */
async function settled(group: CanaryGroup, policy: number): Promise<void> {
  const few = Array.from({ length: partitions }, (_, at) => `probe ${at}`)
  for (let turn = 0; turn < 1000; turn++) if ((await group.answers(few, turn)).every(answer => answer.policy === policy)) return
  throw new Error(`policy ${policy} is not in force on every partition`)
}

interface Answers {
  readonly tenth: readonly Answered[]
  readonly elsewhere: readonly Answered[]
  readonly fifth: readonly Answered[]
  readonly without: readonly Answered[]
  readonly again: readonly Answered[]
  readonly promoted: readonly Answered[]
  readonly owners: ReadonlyMap<number, string>
}

function proved({ tenth, elsewhere, fifth, without, again, promoted, owners }: Answers): readonly Proved[] {
  const [before, after] = [versionsOf(tenth), versionsOf(fifth)]
  const moved = different(before, after)
  const back = [...before].filter(([key, version]) => version === 2 && after.get(key) === 1).length
  const first = new Map(tenth.map(({ key, partition }) => [key, owners.get(partition)]))
  const onOthers = elsewhere.filter(({ key, partition }) => owners.get(partition) !== first.get(key)).length
  return [
    { what: 'every record has one answer', ...counted([tenth, elsewhere, fifth, without, again, promoted]) },
    { what: 'a weight of 10 %: the share of the customers', ...near(shareOf(tenth), 0.1) },
    { what: 'a weight of 20 %', ...near(shareOf(fifth), 0.2) },
    { what: 'customers that moved from 10 % to 20 %', ...near(moved / customers, 0.1) },
    { what: 'and none of them back', found: `${back}`, holds: back === 0 },
    {
      what: 'the same customer, the same model on every instance',
      found: `${different(before, versionsOf(elsewhere))} differ, of ${onOthers} asked on another instance`,
      holds: different(before, versionsOf(elsewhere)) === 0 && onOthers > customers / 4,
    },
    {
      what: 'also without one of three instances',
      found: `${different(after, versionsOf(without))} differ`,
      holds: different(after, versionsOf(without)) === 0,
    },
    {
      what: 'and with a new one in its place',
      found: `${different(after, versionsOf(again))} differ`,
      holds: different(after, versionsOf(again)) === 0,
    },
    { what: 'promoted: all customers', found: percent(shareOf(promoted)), holds: shareOf(promoted) === 1 },
  ]
}

function counted(all: readonly (readonly Answered[])[]): Pick<Proved, 'found' | 'holds'> {
  const records = all.reduce((sum, answers) => sum + answers.length, 0)
  const holds = all.every(answers => answers.length === customers && versionsOf(answers).size === customers)
  return { found: `${records} of ${all.length * customers}`, holds }
}

function near(share: number, weight: number): Pick<Proved, 'found' | 'holds'> {
  return { found: percent(share), holds: Math.abs(share - weight) <= 0.01 }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}

function versionsOf(answers: readonly Answered[]): Versions {
  return new Map(answers.map(({ key, version }) => [key, version]))
}

function shareOf(answers: readonly Answered[]): number {
  return answers.filter(({ version }) => version === 2).length / answers.length
}

function different(a: Versions, b: Versions): number {
  return [...a].filter(([key, version]) => b.get(key) !== version).length
}
