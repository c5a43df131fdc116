import type { Row } from '../state-store.ts'
import { asBuffer } from '../../records/index.ts'

// The families of keys: state/<data type>, stats/<data type> (of the newest version), past/<data type>/<version, twelve digits>,
// blob/<SHA-256 in hex>/<chunk, six digits>, upload/<SHA-256 in hex>, policy/<data type>/<number, twelve digits>,
// event/<data type>/<sequence, twelve digits>, time/<partition, six digits>/<data type>.
export const STATE_PREFIX = 'state/'
export const STATS_PREFIX = 'stats/'
const BLOB_PREFIX = 'blob/'
export const UPLOAD_PREFIX = 'upload/'
const PAST_PREFIX = 'past/'
const POLICY_PREFIX = 'policy/'
export const EVENT_PREFIX = 'event/'

export const stateKey = (dataType: string): Buffer => Buffer.from(STATE_PREFIX + dataType)
export const statsKey = (dataType: string): Buffer => Buffer.from(STATS_PREFIX + dataType)
/** The key of one version's row, or the prefix of the keys of all versions of the data type. */
export const pastKey = (dataType: string, version?: number): Buffer =>
  Buffer.from(`${PAST_PREFIX}${dataType}/${version === undefined ? '' : String(version).padStart(12, '0')}`)
/** The key of one policy's row, or the prefix of the keys of all policies of the data type. */
export const policyKey = (dataType: string, number?: number): Buffer =>
  Buffer.from(`${POLICY_PREFIX}${dataType}/${number === undefined ? '' : String(number).padStart(12, '0')}`)
export const eventKey = (dataType: string, sequence: number): Buffer =>
  Buffer.from(`${EVENT_PREFIX}${dataType}/${String(sequence).padStart(12, '0')}`)
export const uploadKey = (hash: string): Buffer => Buffer.from(UPLOAD_PREFIX + hash)
export const chunkKey = (hash: string, chunk: number): Buffer => Buffer.from(`${BLOB_PREFIX}${hash}/${String(chunk).padStart(6, '0')}`)

/** A parsed key of the store. */
export type ModelRowKey =
  | { readonly kind: 'state' | 'stats'; readonly dataType: string }
  | { readonly kind: 'blob'; readonly hash: string; readonly chunk: number }
  | { readonly kind: 'upload'; readonly hash: string }
  | { readonly kind: 'past'; readonly dataType: string; readonly version: number }
  | { readonly kind: 'policy'; readonly dataType: string; readonly number: number }
  | { readonly kind: 'event'; readonly dataType: string; readonly sequence: number }
  | { readonly kind: 'time'; readonly dataType: string; readonly partition: number }

/** Parses a key of the store; undefined: it is not one. */
export function parseModelRowKey(key: Uint8Array): ModelRowKey | undefined {
  const text = asBuffer(key).toString('utf8')
  if (text.startsWith(STATE_PREFIX)) return { kind: 'state', dataType: text.slice(STATE_PREFIX.length) }
  if (text.startsWith(STATS_PREFIX)) return { kind: 'stats', dataType: text.slice(STATS_PREFIX.length) }
  const upload = /^upload\/([0-9a-f]{64})$/.exec(text)
  if (upload !== null) return { kind: 'upload', hash: upload[1] as string }
  const past = /^past\/(.*)\/(\d{12,})$/s.exec(text)
  if (past !== null) return { kind: 'past', dataType: past[1] as string, version: Number(past[2]) }
  const policy = /^policy\/(.*)\/(\d{12,})$/s.exec(text)
  if (policy !== null) return { kind: 'policy', dataType: policy[1] as string, number: Number(policy[2]) }
  const event = /^event\/(.*)\/(\d{12,})$/s.exec(text)
  if (event !== null) return { kind: 'event', dataType: event[1] as string, sequence: Number(event[2]) }
  const time = /^time\/(\d{6,})\/(.*)$/s.exec(text)
  if (time !== null) return { kind: 'time', dataType: time[2] as string, partition: Number(time[1]) }
  const blob = /^blob\/([0-9a-f]{64})\/(\d{6,})$/.exec(text)
  return blob === null ? undefined : { kind: 'blob', hash: blob[1] as string, chunk: Number(blob[2]) }
}

export function isBlobKey(key: Uint8Array): boolean {
  return parseModelRowKey(key)?.kind === 'blob'
}

/** The rows so that a reader of any first part of them finds all blobs that the states name: blobs, other rows, deletions. */
export function blobsFirst(rows: readonly Row[]): readonly Row[] {
  const rank = ({ key, value }: Row): number => (value === null ? 2 : isBlobKey(key) ? 0 : 1)
  return rows.toSorted((a, b) => rank(a) - rank(b))
}
