import { SluiceError } from '../../base/index.ts'
import type { PolicyNow, ServedPolicy } from '../../serving/index.ts'
import { type ModelRacer, type ModelRouting, type ModelState, racerRef, type RecordPlace, versionMeant } from '../../stores/index.ts'
import { type ParameterSpec, type RouteRequest, textParameter } from '../http/index.ts'

/** The parameters that ask which policy was in force at a time, or for a data record. */
export const servedParameters: Readonly<Record<string, ParameterSpec>> = {
  at: { type: 'string', description: 'The policy in force at this time: ms since the epoch, or ISO 8601' },
  position: { type: 'string', description: 'The policy in force for the data record at this place: PARTITION:OFFSET' },
}

/** What the request asks for: a time, epoch ms, or a place in the data; undefined: neither. Throws INPUT_INVALID. */
export function whenOf(request: RouteRequest): RecordPlace | number | undefined {
  const [at, position] = [textParameter(request, 'at'), textParameter(request, 'position')]
  if (at !== undefined && position !== undefined) throw invalid('at and position exclude each other')
  if (position !== undefined) {
    const parts = /^(\d{1,10}):(\d{1,16})$/.exec(position)
    if (parts === null) throw invalid(`position is ${JSON.stringify(position)}; allowed: PARTITION:OFFSET`)
    return { partition: Number(parts[1]), offset: Number(parts[2]) }
  }
  if (at === undefined) return undefined
  const time = /^\d{1,16}$/.test(at) ? Number(at) : Date.parse(at)
  if (Number.isNaN(time)) throw invalid(`at is ${JSON.stringify(at)}; allowed: ms since the epoch, or a time in ISO 8601`)
  return time
}

/** Throws MODEL_UNKNOWN if no policy is known. */
export function servedView(dataType: string, when: RecordPlace | number, served: ServedPolicy | undefined): unknown {
  const place = typeof when === 'number' ? `at ${new Date(when).toISOString()}` : `at ${when.partition}:${when.offset}`
  if (served === undefined)
    throw new SluiceError('MODEL_UNKNOWN', `no policy of data type "${dataType}" is known to have been in force ${place}`)
  const { partition, offset, at: effectiveAt } = served.position
  return { dataType, ...policyView(served.routing), position: { partition, offset }, effectiveAt }
}

/** The policy in force, and which version each of its racers means now; a name that no version has means none. */
export function policyNowView({ routing, bySetting }: PolicyNow, { versions }: ModelState): Readonly<Record<string, unknown>> {
  const { racers, ...view } = policyView(routing)
  const meant = routing.racers.map(racer => {
    const version = versionMeant(versions, racerRef(racer))?.version
    return { ...(version === undefined ? {} : { version }), ...racerView(racer) }
  })
  return { ...view, ...(racers === undefined ? {} : { racers: meant }), ...(bySetting ? { bySetting } : {}) }
}

/** A policy, and where it comes from. */
export function policyView(routing: ModelRouting): Readonly<Record<string, unknown>> {
  const { number, champion, challengers, shadows, fallback, decoy, bucketBy, partition, offset, acceptedAt } = routing
  const { racers, decider, budgetMs, steps } = routing
  const { effectiveFrom, who, reason } = routing
  return {
    policy: number,
    champion,
    challengers,
    shadows,
    ...(fallback === 0 ? {} : { fallback }),
    decoy,
    ...(bucketBy === '' ? {} : { bucketBy }),
    ...(racers.length === 0 ? {} : { racers: racers.map(racerView), decider, budgetMs }),
    ...(steps.length === 0 ? {} : { steps: steps.map(({ version, name }) => ({ version, ...(name === '' ? {} : { name }) })) }),
    record: { partition, offset },
    acceptedAt,
    ...(effectiveFrom === undefined ? {} : { effectiveFrom }),
    ...(who === undefined ? {} : { who }),
    ...(reason === undefined ? {} : { reason }),
  }
}

function racerView(racer: ModelRacer): object {
  const { version, name, weight } = racer
  return { ...(version === 0 ? { name } : { version }), ...(weight === 0 ? {} : { weight }) }
}

function invalid(message: string): SluiceError {
  return new SluiceError('INPUT_INVALID', message)
}
