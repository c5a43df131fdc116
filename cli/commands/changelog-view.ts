import { isUtf8 } from 'node:buffer'
import { messageOf } from '../../base/index.ts'
import { decodeModelStoreRow } from '../../stores/index.ts'
import type { TopicRecord } from '../../topology/runtime/topics/index.ts'
import { type LineColumn, toJson } from '../output.ts'
import { timeOf } from './result-view.ts'

/** A changelog record for JSON: its place and the decoded change. */
export interface ChangelogView {
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
  readonly [field: string]: unknown
}

/** Decodes a record of ModelStateStore. For other stores, keys and values are text if they are readable text, else base64. */
export function changelogView(store: string, { partition, offset, timestamp, key, value }: TopicRecord): ChangelogView {
  const place = { partition, offset, timestamp }
  if (store !== 'ModelStateStore') return { ...place, key: textOrBase64(key), value: textOrBase64(value) }
  try {
    return { ...place, ...decodeModelStoreRow(key ?? Buffer.alloc(0), value) }
  } catch (error) {
    return { ...place, key: textOrBase64(key), value: textOrBase64(value), undecodable: messageOf(error) }
  }
}

export const changelogColumns: readonly LineColumn[] = [
  { name: 'record', width: 10 },
  { name: 'time', width: 24 },
  { name: 'kind', width: 7 },
  { name: 'key', width: 24 },
  { name: 'value', width: 0 },
]

const widestValue = 160

/** The columns of a change on a terminal. */
export function changelogLine({ partition, offset, timestamp, ...change }: ChangelogView): Record<string, unknown> {
  const chunk = typeof change['chunk'] === 'number' ? `#${change['chunk']}` : ''
  const key = change['dataType'] ?? (typeof change['hash'] === 'string' ? `${change['hash'].slice(0, 16)}…${chunk}` : change['key'])
  return {
    record: `${partition}@${offset}`,
    time: timeOf(timestamp),
    kind: change['kind'],
    key: typeof key === 'object' && key !== null ? toJson(key) : key,
    value: change['undecodable'] ?? valueText(change),
  }
}

function valueText({ value, bytes }: Readonly<Record<string, unknown>>): string {
  if (value === null) return '(deleted)'
  if (value === undefined) return typeof bytes === 'number' ? `${bytes} bytes` : ''
  const text = typeof value === 'string' ? value : toJson(value)
  return text.length > widestValue ? `${text.slice(0, widestValue - 1)}…` : text
}

/** Returns text if the bytes are readable UTF-8 text, else an object with their base64. */
function textOrBase64(bytes: Buffer | null): string | null | { readonly base64: string } {
  if (bytes === null) return null
  const text = bytes.toString('utf8')
  // oxlint-disable-next-line no-control-regex
  return isUtf8(bytes) && !/[\u0000-\u0008\u000e-\u001f\u007f]/.test(text) ? text : { base64: bytes.toString('base64') }
}
