import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SluiceError } from '../../../../base/sluice-error.ts'
import { stringSerde } from '../../../../records/serde.ts'
import { Topology, type TopologyDefinition } from '../../../../topology/index.ts'
import { DivisionLog, movedSubTopologies } from '../../../../topology/runtime/group/division-log.ts'
import { ownNames } from '../../../../topology/runtime/group/group-metadata.ts'
import { toldOf } from '../../../../topology/runtime/group/member-topology.ts'
import { loadMendedKafkajs } from '../../../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { sluice } from '../../../../proto/state-messages.js'
import { refuseMoved } from '../../../../topology/runtime/tasks/refuse-moved.ts'

const test = suite('versions of one application')
const texts = { key: stringSerde, value: stringSerde }
const reading = (...inputs: string[]): TopologyDefinition => {
  const built = new Topology()
  for (const input of inputs) built.addSource(input, input.split('+'), texts)
  return built.build()
}

/** An assignment in which each of these is "reads" or "reads > what it waits for". */
function telling(...runs: readonly string[]): Buffer {
  const subTopologies = runs.map(run => {
    const [reads = '', ...waitsFor] = run.split(' > ')
    return { reads, instances: ['one', 'two'], waitsFor, unknown: [] }
  })
  const userData = Buffer.from(sluice.AssignedStandbys.encode({ subTopologies }).finish())
  return loadMendedKafkajs().AssignerProtocol.MemberAssignment.encode({ version: 1, assignment: {}, userData })
}

test('joins log which instances run what, once for each change, and when all have the same again', () => {
  const lines: string[] = []
  const log = new DivisionLog(reading('a+b'), (level, message, fields) => lines.push(`${level} ${message} ${JSON.stringify(fields)}`))
  log.joined(telling())
  assert.equal(lines, [])
  log.joined(telling('0:a', '1:b', '0:a,b > 0:a > 1:b'))
  log.joined(telling('0:a', '1:b', '0:a,b > 0:a > 1:b'))
  assert.is(lines.length, 2)
  assert.match(lines[0] ?? '', 'info members of the group have different sub-topologies')
  assert.match(lines[0] ?? '', '"running":"0:a on one, two; 1:b on one, two","waiting":"0:a,b on one, two for 0:a and 1:b"')
  assert.match(lines[1] ?? '', /^warn a sub-topology of this version waits .*"subTopology":"0:a,b","waitsFor":"0:a and 1:b"/)
  log.joined(telling())
  log.joined(telling())
  assert.is(lines.length, 3)
  assert.match(lines[2] ?? '', 'info all members of the group have the same sub-topologies again')
})

test('the running version logs no warning about another version that waits', () => {
  const levels: string[] = []
  new DivisionLog(reading('a', 'b'), level => levels.push(level)).joined(telling('0:a', '1:b', '0:a,b > 0:a > 1:b'))
  assert.equal(levels, ['info'])
})

test('a sub-topology that waits for another id has moved; one that waits for its own id has not', () => {
  assert.equal(movedSubTopologies(reading('n', 'a'), telling('0:a', '0:n > 0:a', '1:a > 0:a')), ['1:a here, 0:a there'])
  assert.equal(movedSubTopologies(reading('a+b'), telling('0:a', '0:a,b > 0:a')), [])
  assert.equal(movedSubTopologies(reading('a'), telling('0:a', '1:a > 0:a')), [])
})

test('if transactional ids are those of tasks, a member with moved inputs is refused', () => {
  assert.throws(
    () => refuseMoved(['1:a here, 0:a there']),
    (error: SluiceError) =>
      error.code === 'CONFIG_INVALID' &&
      /1:a here, 0:a there.*add new sources behind.*stop all members of the old version.*transaction\.version to 2/.test(error.message),
  )
  refuseMoved([])
})

test('standbys of another version are renamed by their inputs', () => {
  const theirs = reading('n', 'a', 'gone')
  const told = { topics: ['n', 'a', 'gone'], subTopologies: toldOf(theirs) }
  assert.equal(ownNames(reading('a', 'n'), told, ['0_3', '1_0', '2_0']), ['1_3', '0_0'])
  assert.equal(ownNames(reading('a'), { topics: ['a'], subTopologies: undefined }, ['0_1']), ['0_1'])
})

test.run()
