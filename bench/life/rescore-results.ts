import { replayed, TopicSource } from '../../cli/recording/index.ts'
import { sluice } from '../../proto/messages.js'
import { wineRecordReader } from '../../records/index.ts'
import { type ModelServingOptions, servingOptions, wholeOf } from '../../serving/index.ts'
import type { ModelRouting } from '../../stores/index.ts'
import type { Kafka } from '../../topology/runtime/index.ts'

export interface RescoreOptions {
  readonly kafka: Kafka
  readonly applicationId: string
  readonly serving: Pick<ModelServingOptions, 'dataTopic' | 'modelsTopic' | 'resultsTopic' | 'join'>
  /** All results are of this data type. */
  readonly dataType: string
  /** Called now and then with the number of results so far. */
  readonly onProgress?: (results: number) => void
}

/** What became of all results of a topic, scored again. */
export interface Rescored {
  readonly results: number
  /** By version. */
  readonly byVersion: ReadonlyMap<number, number>
  /** Results that are equal to the last bit; of these, those that are so only beside other rows in one call (see `Rescorer`). */
  readonly equal: number
  readonly besideOthers: number
  /** Results that say that there was no model, under no policy. */
  readonly withoutModel: number
  /** Results whose policy, found by its number, does not give their version that role. */
  readonly otherPolicy: number
  /** Models that are still loaded in the end. */
  readonly loaded: number
  /** What was wrong with the first results that are not equal. */
  readonly complaints: readonly string[]
}

const mostComplaints = 10
const progressEvery = 10_000

/**
 * Scores every result again from its lineage alone, as `sluice explain` and `sluice replay` do it: the input by its partition and offset, the model's bytes by their SHA-256, the policy by its
 * number. No instance has to run.
 */
export async function rescoreResults({ kafka, applicationId, serving: named, dataType, onProgress }: RescoreOptions): Promise<Rescored> {
  const serving = servingOptions({ ...named, reader: wineRecordReader() })
  const admin = kafka.admin()
  await admin.connect()
  const source = new TopicSource({ connection: { kafka, admin }, topics: { ...named, applicationId }, serving, stretch: named })
  const byVersion = new Map<number, number>()
  const complaints: string[] = []
  const count = { results: 0, equal: 0, besideOthers: 0, withoutModel: 0, otherPolicy: 0 }
  const complain = (place: string, text: string): void => {
    if (complaints.length < mostComplaints) complaints.push(`the result of ${place}: ${text}`)
  }
  try {
    const { policies } = await source.storeOf(dataType)
    for await (const { result, again, verdict, why, alone } of replayed(source, { serving })) {
      const version = wholeOf(result.modelVersion)
      const place = `${result.inputPartition}:${wholeOf(result.inputOffset)}`
      byVersion.set(version, (byVersion.get(version) ?? 0) + 1)
      if (++count.results % progressEvery === 0) onProgress?.(count.results)
      if (result.status === sluice.ScoreResult.Status.NO_MODEL && wholeOf(result.policy) === 0) {
        count.withoutModel++
        continue
      }
      if (!hasInRole(policies?.get(dataType, wholeOf(result.policy)), version, result.role)) {
        count.otherPolicy++
        complain(place, `policy ${wholeOf(result.policy)} does not have version ${version} in that role`)
      }
      if (verdict !== 'equal' || again.length > 1) {
        complain(place, `${verdict}: ${why} ${JSON.stringify(again)}`)
        continue
      }
      count.equal++
      if (!alone) count.besideOthers++
    }
  } finally {
    await source.close()
    await admin.disconnect()
    serving.guard?.close()
  }
  const loaded = serving.models.size
  await serving.models.close()
  return { ...count, byVersion, loaded, complaints }
}

function hasInRole(policy: ModelRouting | undefined, version: number, role: sluice.ModelRole): boolean {
  if (policy === undefined) return false
  return role === sluice.ModelRole.CHAMPION ? policy.champion === version : policy.challengers.some(each => each.version === version)
}
