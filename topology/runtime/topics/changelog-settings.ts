import { SluiceError } from '../../../base/index.ts'
import { protocolErrorOf, type Admin, type KafkaLog } from '../kafka/index.ts'
import { resetSteps } from './reset-steps.ts'
import { topicSettings } from './topic-setting.ts'

const names = ['cleanup.policy', 'delete.retention.ms', 'retention.ms', 'retention.bytes'] as const
type Settings = ReadonlyMap<string, string>

/**
 * Checks that Kafka keeps the contents of the changelogs, and returns for how long it keeps their deletions, ms, by topic (`delete.retention.ms`; 0 if
 * unknown). Throws TOPIC_MISMATCH for changelogs that are not compacted, naming each and the remedy. A changelog that is compacted and also limited by
 * time or size is accepted with a warning, since that may be intended. If settings may not be read, a warning says so, and 0 is assumed.
 */
export async function changelogSettings(
  admin: Admin,
  changelogs: readonly string[],
  { applicationId, log }: { readonly applicationId: string; readonly log: KafkaLog | undefined },
): Promise<ReadonlyMap<string, number>> {
  const found = await readSettings(admin, changelogs, log)
  const remedyFor = (topics: readonly string[]): string => remedy(topics, resetSteps(applicationId, changelogs))
  const losing = changelogs.flatMap(topic => lossOf(topic, found.get(topic)) ?? [])
  for (const { topic, reason, compacted } of losing)
    if (compacted) log?.('warn', 'a changelog deletes state that is still in use', { topic, reason, remedy: remedyFor([topic]) })
  const refused = losing.filter(({ compacted }) => !compacted)
  if (refused.length > 0) {
    const reasons = refused.map(({ topic, reason }) => `changelog "${topic}" has ${reason}`)
    throw new SluiceError('TOPIC_MISMATCH', `${reasons.join(', ')}: ${remedyFor(refused.map(({ topic }) => topic))}`)
  }
  return new Map(changelogs.map(topic => [topic, Number(found.get(topic)?.get('delete.retention.ms') ?? 0)]))
}

/** Reads the settings with one request per topic: kafkajs returns none of them if one topic is refused. */
async function readSettings(admin: Admin, topics: readonly string[], log: KafkaLog | undefined): Promise<ReadonlyMap<string, Settings>> {
  const found = new Map<string, Settings>()
  const refused: string[] = []
  const read = async (topic: string): Promise<void> => {
    try {
      found.set(topic, await topicSettings(admin, topic, names))
    } catch (error) {
      if (protocolErrorOf(error)?.endsWith('_AUTHORIZATION_FAILED') !== true) throw error
      refused.push(topic)
    }
  }
  await Promise.all(topics.map(read))
  if (refused.length > 0)
    log?.(
      'warn',
      'cannot read the settings of changelogs: the right DESCRIBE_CONFIGS on them is missing. A store on disk is restored from the beginning if its changelog was compacted meanwhile',
      {
        topics: refused.join(', '),
      },
    )
  return found
}

interface Loss {
  readonly topic: string
  readonly reason: string
  readonly compacted: boolean
}

/** The setting that makes Kafka delete state that is still in use; undefined if there is none. */
function lossOf(topic: string, settings: Settings | undefined): Loss | undefined {
  const policy = settings?.get('cleanup.policy')
  if (settings === undefined || policy === undefined) return undefined
  const policies = policy.split(',').map(each => each.trim())
  const compacted = policies.includes('compact')
  const limits = (['retention.ms', 'retention.bytes'] as const).filter(name => Number(settings.get(name) ?? -1) >= 0)
  if (compacted && !(policies.includes('delete') && limits.length > 0)) return undefined
  const told = limits.map(name => `${name}=${settings.get(name)}`).join(', ') || 'no limits yet'
  return { topic, reason: `cleanup.policy=${policy} (${told})`, compacted }
}

function remedy(topics: readonly string[], reset: string): string {
  const alter = topics.map(
    topic => `kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config cleanup.policy=compact`,
  )
  return `Kafka deletes state there that is still in use, so a restored store would be incomplete. Change the setting and start again (${alter.join('; ')}); \
if records were deleted already, begin anew instead: ${reset}`
}
