import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { assignTasks, type AssignmentMember } from '../../../topology/runtime/assignor.ts'

const member = (id: string, active: string[] = [], onDisk: string[] = active): AssignmentMember => ({ id, active, onDisk })
const tasks = (count: number): string[] => Array.from({ length: count }, (_, partition) => `0_${partition}`)
const assigned = (members: AssignmentMember[], all: string[]): Record<string, string[]> => Object.fromEntries(assignTasks(members, all))

const table = suite('assignTasks')

const cases: Record<string, [AssignmentMember[], string[], Record<string, string[]>]> = {
  'nobody there': [[], tasks(2), {}],
  'one member takes all': [[member('a')], tasks(3), { a: ['0_0', '0_1', '0_2'] }],
  'two new members share': [[member('b'), member('a')], tasks(3), { a: ['0_0', '0_2'], b: ['0_1'] }],
  'more members than tasks': [[member('a'), member('b'), member('c')], tasks(1), { a: ['0_0'], b: [], c: [] }],
  'a newcomer gets its share, the rest stay': [
    [member('old', tasks(4)), member('new')],
    tasks(4),
    { old: ['0_0', '0_1'], new: ['0_2', '0_3'] },
  ],
  'a member that comes back gets what lies on its disk': [
    [member('stayed', tasks(4)), member('back', [], ['0_0', '0_3'])],
    tasks(4),
    { stayed: ['0_1', '0_2'], back: ['0_0', '0_3'] },
  ],
  'tasks that are no longer are forgotten': [[member('a', ['9_9'])], tasks(1), { a: ['0_0'] }],
  'ten comes after nine': [[member('a')], ['0_10', '0_9'], { a: ['0_9', '0_10'] }],
}
for (const [name, [members, all, expected]] of Object.entries(cases)) table(name, () => assert.equal(assigned(members, all), expected))

table.run()

const properties = suite('assignTasks, for any group')

const group = fc.integer({ min: 1, max: 6 }).chain(count =>
  fc.record({
    all: fc.integer({ min: 0, max: 20 }).map(tasks),
    members: fc.array(fc.tuple(fc.subarray(tasks(20)), fc.subarray(tasks(20))), { minLength: count, maxLength: count }),
  }),
)

properties('every task goes to exactly one member, and none has two more than another', () => {
  fc.assert(
    fc.property(group, ({ all, members }) => {
      const result = assignTasks(
        members.map(([active, onDisk], at) => member(`m${at}`, active, onDisk)),
        all,
      )
      const sizes = [...result.values()].map(list => list.length)
      assert.equal([...result.values()].flat().sort(), all.toSorted())
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1)
    }),
  )
})

properties('the order of members and tasks does not matter', () => {
  fc.assert(
    fc.property(group, ({ all, members }) => {
      const given = members.map(([active, onDisk], at) => member(`m${at}`, active, onDisk))
      assert.equal(assigned(given.toReversed(), all.toReversed()), assigned(given, all))
    }),
  )
})

properties('an assignment that is even already stays as it is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 20 }), (count, size) => {
      const first = assignTasks(
        Array.from({ length: count }, (_, at) => member(`m${at}`)),
        tasks(size),
      )
      const again = [...first].map(([id, own]) => member(id, own))
      assert.equal(assigned(again, tasks(size)), Object.fromEntries(first))
    }),
  )
})

properties.run()
