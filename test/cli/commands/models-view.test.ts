import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { listRows, versionRow, waitingRow } from '../../../cli/commands/models-view.ts'

const view = suite('the tables of sluice models')
const facts = { format: 'ONNX', since: 0, hash: 'ab'.repeat(32) }
const statistics = { invocations: 3, p50: 0.12345, p99: 1 }
const version = (number: number, ...roles: readonly string[]): Record<string, unknown> => ({
  version: number,
  name: `m${number}`,
  ...facts,
  statistics,
  ...(roles.length === 0 ? {} : { role: roles[0], roles }),
})
const brief = (rows: readonly Readonly<Record<string, unknown>>[]): unknown =>
  rows.map(({ version: number, role, name }) => [number, role, name])

view('each version with a role has a line, the champion first', () => {
  const versions = [version(1, 'challenger'), version(2, 'shadow'), version(3), version(4, 'champion'), version(5, 'fallback')]
  const policy = { challengers: [{ version: 1, weight: 0.1 }] }
  const rows = listRows({ dataType: 'wine', current: 4, versions, policy, statistics })
  assert.equal(brief(rows), [
    [4, 'champion', 'm4'],
    [1, 'challenger 0.1', 'm1'],
    [2, 'shadow', 'm2'],
    [5, 'fallback', 'm5'],
  ])
  const [first] = rows
  assert.equal(
    [first?.['dataType'], first?.['since'], first?.['hash'], first?.['p50']],
    ['wine', '1970-01-01T00:00:00.000Z', 'ab'.repeat(6), 0.123],
  )
})

view('models that race are named with their decider and its budget', () => {
  const versions = [version(1, 'racer'), version(2, 'champion', 'racer')]
  const policy = { racers: [{ version: 1 }, { version: 2 }], decider: 'mean', budgetMs: 20 }
  assert.equal(brief(listRows({ dataType: 'wine', current: 2, versions, policy })), [
    [2, 'champion, racer (mean, 20 ms)', 'm2'],
    [1, 'racer (mean, 20 ms)', 'm1'],
  ])
})

view('a data type that no model serves has one line; an instance of an older build tells no roles', () => {
  assert.equal(brief(listRows({ dataType: 'wine', current: 0, versions: [version(1)] })), [[0, undefined, undefined]])
  const old = { ...version(2), roles: undefined, role: 'champion' }
  assert.equal(brief(listRows({ dataType: 'wine', current: 2, versions: [version(1), old] })), [[2, 'champion', 'm2']])
  assert.is(versionRow(old)['role'], 'champion')
})

view('what waits is shown with the offset by which it may be cancelled', () => {
  const row = waitingRow({ policy: 7, champion: 2, record: { partition: 0, offset: 17 }, effectiveFrom: 1000, who: 'ana' })
  assert.equal([row['offset'], row['effectiveFrom'], row['champion']], [17, '1970-01-01T00:00:01.000Z', 2])
})

view.run()
