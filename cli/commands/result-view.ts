import { sluice } from '../../proto/messages.js'
import { messageOf } from '../../base/index.ts'
import type { TopicRecord } from '../../topology/runtime/topics/index.ts'
import type { LineColumn } from '../output.ts'

/** The columns of results: see `lineOf`. */
export const resultColumns: readonly LineColumn[] = [
  { name: 'time', width: 24 },
  { name: 'dataType', width: 12 },
  { name: 'model', width: 20 },
  { name: 'version', width: 7, align: 'right' },
  { name: 'status', width: 9 },
  { name: 'score', width: 12, align: 'right' },
  { name: 'label', width: 8 },
  { name: 'input', width: 12 },
  { name: 'error', width: 0 },
]

/** Decodes a result with all its fields for JSON. If the record is not a result, `undecodable` is the reason. */
export function resultOf({
  partition,
  offset,
  key,
  value,
}: Pick<TopicRecord, 'partition' | 'offset' | 'key' | 'value'>): Record<string, unknown> {
  const place = { partition, offset }
  if (!value) return { key: key?.toString('utf8'), undecodable: 'the record has no value', ...place }
  let result: sluice.ScoreResult
  try {
    result = sluice.ScoreResult.toObject(sluice.ScoreResult.decode(value), { defaults: true, longs: Number }) as sluice.ScoreResult
  } catch (error) {
    return { key: key?.toString('utf8'), undecodable: messageOf(error), ...place }
  }
  const status = sluice.ScoreResult.Status[result.status] ?? String(result.status)
  return {
    dataType: result.dataType,
    modelName: result.modelName,
    modelVersion: result.modelVersion,
    // proto3 has no absent number: unless the status is OK, the 0 means nothing.
    score: status === 'OK' ? result.score : null,
    timestamp: result.timestamp,
    status,
    label: result.label,
    outputs: Object.fromEntries(result.outputs.map(output => [output.name ?? '', valuesOf(output)])),
    modelHash: Buffer.from(result.modelHash).toString('hex'),
    inputPartition: result.inputPartition,
    inputOffset: result.inputOffset,
    role: sluice.ModelRole[result.role] ?? String(result.role),
    policy: result.policy,
    modelPartition: result.modelPartition,
    modelOffset: result.modelOffset,
    ...(result.steps.length === 0
      ? {}
      : { steps: result.steps.map(step => ({ ...step, hash: Buffer.from(step.hash ?? []).toString('hex') })) }),
    ...(result.decision ? { decision: decisionOf(result.decision) } : {}),
    error: result.error,
    ...place,
  }
}

/** A decision with its enums by name, hashes in hex. */
function decisionOf(decision: sluice.Decision.$Properties): Record<string, unknown> {
  const { models = [], ...plain } = sluice.Decision.toObject(sluice.Decision.fromObject(decision), { enums: String, longs: Number })
  return {
    ...plain,
    models: (models as Record<string, unknown>[]).map(model => ({
      ...model,
      hash: Buffer.from((model['hash'] as Uint8Array | undefined) ?? []).toString('hex'),
    })),
  }
}

/** Returns a single value unchanged, several values as a list. */
function valuesOf({ numbers, texts }: sluice.NamedOutput.$Properties): unknown {
  const values = texts?.length ? texts : (numbers ?? [])
  return values.length === 1 ? values[0] : values
}

/** The columns of a result on a terminal. */
export function lineOf(result: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if ('undecodable' in result)
    return { error: `${String(result['partition'])}@${String(result['offset'])} is not a result: ${String(result['undecodable'])}` }
  const score = result['score']
  return {
    time: timeOf(Number(result['timestamp'])),
    dataType: result['dataType'],
    model: result['modelName'],
    version: result['modelVersion'],
    status: result['status'],
    score: typeof score === 'number' ? Number(score.toPrecision(7)) : '',
    label: result['label'],
    input: `${String(result['inputPartition'])}@${String(result['inputOffset'])}`,
    error: result['error'],
  }
}

/** The time as ISO 8601 in UTC, or the number if it is not a valid time. */
export function timeOf(milliseconds: number): string {
  const date = new Date(milliseconds)
  return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString()
}
