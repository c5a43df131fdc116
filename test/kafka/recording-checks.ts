import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { sluice } from '../../proto/messages.js'
import type { KafkaFixture } from './fixture.ts'
import { present } from '../serving/serving-driver.ts'

const project = join(import.meta.dirname, '../..')

export interface RecordedWorld {
  readonly fixture: KafkaFixture
  /** The settings of its instances. */
  readonly env: Readonly<Record<string, string>>
  /** How many results there are. */
  readonly sent: number
  readonly dir: string
}

interface Ran {
  readonly code: number
  readonly json: Record<string, any>
  readonly stderr: string
}

function run(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ran> {
  return new Promise(resolve => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'cli/main.ts', ...args],
      { cwd: project, env: { ...process.env, ...env } },
      (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, json: stdout === '' ? {} : (JSON.parse(stdout) as Record<string, any>), stderr }),
    )
  })
}

/** Replays where there is no Kafka. */
const replay = (file: string, ...args: string[]): Promise<Ran> =>
  run({ SLUICE_BROKERS: '127.0.0.1:1', KAFKA_BROKERS: '' }, 'replay', file, ...args)

/** All results are recorded and replayed equal, a changed one is named, and a part of them can be recorded. Takes inputs from the data topic. */
export async function checkRecording({ fixture, env, sent, dir }: RecordedWorld): Promise<void> {
  const file = join(dir, 'all.recording')
  const { json, code, stderr } = await run(env, 'record', '--out', file)
  assert.equal([code, stderr], [0, ''])
  assert.equal(json, { file, results: sent, inputGone: 0, modelGone: 0, models: 3, stray: 0 })
  const equal = await replay(file)
  assert.equal([equal.code, equal.stderr], [0, ''])
  const { results, equal: same, different, notComparable, differing } = equal.json
  assert.equal(
    { results, same, different, notComparable, differing },
    { results: sent, same: sent, different: 0, notComparable: [], differing: [] },
  )
  await namesTheChanged(file, sent)
  await recordsAPart(env, dir)
  await leavesOutWhatIsGone({ fixture, env, sent, dir })
}

async function namesTheChanged(file: string, sent: number): Promise<void> {
  const lines = (await readFile(file, 'utf8')).split('\n')
  const at = lines.findLastIndex(line => line.startsWith('{"kind":"result"'))
  const line = JSON.parse(present(lines[at])) as Record<string, any>
  const result = sluice.ScoreResult.decode(Buffer.from(String(line['result'].value), 'base64'))
  const was = result.score
  // The next float64.
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, was)
  bits.setBigInt64(0, bits.getBigInt64(0) + 1n)
  result.score = bits.getFloat64(0)
  line['result'].value = Buffer.from(sluice.ScoreResult.encode(result).finish()).toString('base64')
  lines[at] = JSON.stringify(line)
  const changed = `${file}.changed`
  await writeFile(changed, lines.join('\n'))
  const { code, stderr } = await replay(changed)
  assert.is(code, 1)
  assert.match(stderr, /is not as it was written/)
  await writeFile(changed, lines.join('\n').replace(/,"sha256":"[0-9a-f]{64}"\}/, '}'))
  const found = await replay(changed)
  const place = `${line['result'].partition}@${line['result'].offset}`
  assert.equal([found.code, found.json['equal'], found.json['different']], [1, sent - 1, 1])
  const [first] = found.json['differing'] as Record<string, any>[]
  assert.equal([first?.['result'], first?.['differs'], first?.['was'].score, first?.['now'].score], [place, 'score', result.score, was])
  assert.match(found.stderr, `1 of ${sent} results are others now, the first ${place} of the input`)
  assert.is((await replay(changed, '--tolerance', '1e-9')).code, 0)
}

async function recordsAPart(env: Readonly<Record<string, string>>, dir: string): Promise<void> {
  const file = join(dir, 'part.recording')
  assert.equal((await run(env, 'record', '--out', file, '--limit', '7')).json['results'], 7)
  const last = await run(env, 'record', '--out', file, '--last', '10')
  const { results } = last.json
  assert.ok(results > 0 && results <= 30, String(results))
  assert.equal((await replay(file)).json['equal'], results)
  const none = await run(env, 'record', '--out', file, '--from-offset', '1000000')
  assert.equal([none.code, none.json['results']], [0, 0])
  assert.match((await replay(file)).stderr, /none of the 0 results/)
}

/** The first inputs of a partition are deleted. */
async function leavesOutWhatIsGone({ fixture, env, sent, dir }: RecordedWorld): Promise<void> {
  const topic = fixture.topic('data')
  const recorded = present((await fixture.readAll('data'))[0])
  const admin = fixture.kafka.admin()
  await admin.connect()
  try {
    await admin.fetchTopicOffsets(topic) // deleteTopicRecords looks for leaders in metadata that it does not load itself
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: recorded.partition, offset: String(recorded.offset + 5) }] })
  } finally {
    await admin.disconnect()
  }
  const file = join(dir, 'rest.recording')
  const { json } = await run(env, 'record', '--out', file)
  const gone = Number(json['inputGone'])
  assert.equal([gone, json['results']], [5, sent - 5])
  assert.equal((await replay(file)).json['equal'], sent - gone)
}
