import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { AssignmentMember, MemberTasks } from '../../../../topology/runtime/group/assignment.ts'
import { assignTasks } from '../../../../topology/runtime/group/task-assignor.ts'

const member = (id: string, active: string[] = [], onDisk: string[] = active): AssignmentMember => ({ id, active, onDisk })
/** Runs and follows these, as far as told. */
const warm = (id: string, active: readonly string[], positions: Readonly<Record<string, number>>): AssignmentMember => ({
  id,
  active,
  onDisk: [...new Set([...active, ...Object.keys(positions)])],
  positions: new Map([...active.map((task): [string, number] => [task, 100]), ...Object.entries(positions)]),
})
const tasks = (count: number): string[] => Array.from({ length: count }, (_, partition) => `0_${partition}`)
const active = (members: readonly AssignmentMember[], all: string[]): Record<string, readonly string[]> =>
  Object.fromEntries([...assignTasks(members, all)].map(([id, own]) => [id, own.active]))
/** Per member "active | standby". */
const both = (members: readonly AssignmentMember[], all: string[], standbys: number): Record<string, string> =>
  Object.fromEntries([...assignTasks(members, all, { standbys })].map(([id, own]) => [id, shown(own)]))
const shown = (own: MemberTasks): string => [own.active, own.standby].map(list => list.map(task => task.slice(2)).join(' ')).join(' | ')

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
  'an open state goes before one on a disk': [[member('a', [], ['0_0']), warm('b', [], { '0_0': 0 })], tasks(1), { a: [], b: ['0_0'] }],
  'an open state goes before another task that lies on the disk': [
    [warm('a', [], { '0_1': 90 }), member('b')].map(each => (each.id === 'a' ? { ...each, onDisk: ['0_0', '0_1'] } : each)),
    tasks(2),
    { a: ['0_1'], b: ['0_0'] },
  ],
  'the standby that reaches furthest takes over': [
    [warm('a', [], { '0_0': 70 }), warm('b', [], { '0_0': 90 }), warm('c', [], { '0_0': 80 })],
    tasks(1),
    { a: [], b: ['0_0'], c: [] },
  ],
  'a warmer standby does not take a task from its owner': [
    [warm('a', ['0_0'], { '0_0': 5 }), warm('b', [], { '0_0': 90 })],
    tasks(1),
    { a: ['0_0'], b: [] },
  ],
  'a newcomer that follows gets those that it follows': [
    [warm('old', tasks(4), {}), warm('new', [], { '0_0': 99, '0_2': 99 })],
    tasks(4),
    { old: ['0_1', '0_3'], new: ['0_0', '0_2'] },
  ],
}
for (const [name, [members, all, expected]] of Object.entries(cases)) table(name, () => assert.equal(active(members, all), expected))

table.run()

const standbyTable = suite('assignTasks, standbys')

const standbyCases: Record<string, [AssignmentMember[], number, number, Record<string, string>]> = {
  'none asked for': [[member('a'), member('b')], 2, 0, { a: '0 | ', b: '1 | ' }],
  'nobody to follow': [[member('a')], 2, 1, { a: '0 1 | ' }],
  'two back each other': [[member('a'), member('b')], 4, 1, { a: '0 2 | 1 3', b: '1 3 | 0 2' }],
  'as many as there are others': [[member('a'), member('b'), member('c')], 1, 5, { a: '0 | ', b: ' | 0', c: ' | 0' }],
  "one member's standbys are spread over the others": [
    [member('a'), member('b'), member('c')],
    6,
    1,
    { a: '0 3 | 1 2', b: '1 4 | 0 5', c: '2 5 | 3 4' },
  ],
  'members with nothing to run follow': [[member('a'), member('b')], 1, 1, { a: '0 | ', b: ' | 0' }],
  'the owner is gone: its standby runs, another follows': [
    [warm('b', ['0_1'], { '0_0': 90 }), warm('c', [], { '0_1': 90 })],
    2,
    1,
    { b: '1 | 0', c: '0 | 1' },
  ],
  'the owner is gone and there is room: its standby takes over': [
    [warm('b', [], { '0_0': 90 }), member('c', ['0_1'])],
    2,
    1,
    { b: '0 | 1', c: '1 | 0' },
  ],
  'who ran a task and lost it follows it': [
    [warm('a', ['0_0', '0_1'], {}), warm('b', [], { '0_0': 90 }), warm('c', [], { '0_1': 90 })],
    2,
    1,
    { a: '0 | 1', b: ' | 0', c: '1 | ' },
  ],
  'followers stay, though others follow nothing': [
    [member('a', ['0_0']), member('b', ['0_1']), warm('c', [], { '0_0': 90 })],
    2,
    1,
    { a: '0 | 1', b: '1 | ', c: ' | 0' },
  ],
  'followers stay, though another has it on its disk': [
    [member('a', ['0_0']), member('b', [], ['0_0']), warm('c', [], { '0_0': 90 })],
    1,
    1,
    { a: '0 | ', b: ' | ', c: ' | 0' },
  ],
  'of two followers the one that reaches further stays': [
    [member('a', ['0_0']), warm('b', [], { '0_0': 50 }), warm('c', [], { '0_0': 90 })],
    1,
    1,
    { a: '0 | ', b: ' | ', c: ' | 0' },
  ],
  'a state on a disk is followed before none': [
    [member('a', ['0_0']), member('b'), member('c', [], ['0_0'])],
    1,
    1,
    { a: '0 | ', b: ' | ', c: ' | 0' },
  ],
  'what moves goes where it lies on the disk': [
    [
      warm('a', [], { '0_0': 90, '0_1': 90 }),
      member('b', ['0_0']),
      member('c', ['0_1']),
      member('d', ['0_2'], ['0_1', '0_2']),
      member('e', ['0_3']),
    ],
    4,
    1,
    { a: ' | 0', b: '0 | 2', c: '1 | 3', d: '2 | 1', e: '3 | ' },
  ],
  'one moves from whoever follows two more than another': [
    [member('a', ['0_0']), warm('b', ['0_1'], {}), warm('c', ['0_2'], { '0_0': 90, '0_1': 90 })],
    3,
    1,
    { a: '0 | 2', b: '1 | 0', c: '2 | 1' },
  ],
}
for (const [name, [members, count, standbys, expected]] of Object.entries(standbyCases))
  standbyTable(name, () => assert.equal(both(members, tasks(count), standbys), expected))

standbyTable('the threads of one instance have one copy together', () => {
  const threads = ['a1', 'a2', 'b1', 'b2'].map(id => Object.assign({}, member(id), { instance: id[0] }))
  const given = assignTasks(threads, tasks(4), { standbys: 3 })
  assert.is([...given.values()].flatMap(({ standby }) => standby).length, 4, 'one other instance: one standby each')
  for (const letter of ['a', 'b']) {
    const own = [...given].filter(([id]) => id.startsWith(letter)).flatMap(([, { active, standby }]) => [...active, ...standby])
    assert.equal(own.toSorted(), tasks(4))
  }
})

standbyTable('tasks without state have no standbys', () => {
  const given = assignTasks([member('a'), member('b')], tasks(2), { standbys: 1, stateless: new Set(['0_0']) })
  assert.equal(
    [...given.values()].flatMap(({ standby }) => standby),
    ['0_1'],
  )
})

standbyTable.run()

const properties = suite('assignTasks, for any group')

const aMember = fc.tuple(fc.subarray(tasks(20)), fc.subarray(tasks(20)), fc.dictionary(fc.constantFrom(...tasks(20)), fc.nat(9)))
const group = fc
  .record({
    all: fc.integer({ min: 0, max: 20 }).map(tasks),
    members: fc.array(aMember, { minLength: 1, maxLength: 6 }),
    standbys: fc.integer({ min: 0, max: 3 }),
    instances: fc.integer({ min: 1, max: 6 }),
  })
  .map(({ all, members, standbys, instances }) => ({
    all,
    standbys,
    members: members.map(([active, onDisk, positions], at) => ({
      id: `m${at}`,
      instance: `i${at % instances}`,
      active,
      onDisk,
      positions: new Map(Object.entries(positions)),
    })),
  }))

properties('every task goes to exactly one member, and loads differ by at most one', () => {
  fc.assert(
    fc.property(group, ({ all, members }) => {
      const lists = Object.values(active(members, all))
      const sizes = lists.map(list => list.length)
      assert.equal(lists.flat().sort(), all.toSorted())
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1)
    }),
  )
})

properties('each task has the wanted number of standbys, or as many as possible, on instances without another copy', () => {
  fc.assert(
    fc.property(group, ({ all, members, standbys }) => {
      const given = assignTasks(members, all, { standbys })
      const instances = new Set(members.map(({ instance }) => instance))
      for (const task of all) {
        const holders = members.flatMap(({ id, instance }) => {
          const { active, standby } = given.get(id) as MemberTasks
          return [...active, ...standby].filter(each => each === task).map(() => instance)
        })
        assert.is(holders.length, 1 + Math.min(standbys, instances.size - 1))
        assert.is(new Set(holders).size, holders.length, 'never two copies on one instance')
      }
    }),
  )
})

properties('the order of members and tasks does not matter', () => {
  fc.assert(
    fc.property(group, ({ all, members, standbys }) => {
      assert.equal(both(members.toReversed(), all.toReversed(), standbys), both(members, all, standbys))
    }),
  )
})

/** A new group of single members, and the group as it tells of itself once it has run so. */
const settled = fc
  .record({ count: fc.integer({ min: 1, max: 6 }), size: fc.integer({ min: 0, max: 20 }), standbys: fc.integer({ min: 0, max: 3 }) })
  .map(({ count, size, standbys }) => {
    const fresh = Array.from({ length: count }, (_, at) => member(`m${at}`))
    return { all: tasks(size), standbys, members: afterwards(assignTasks(fresh, tasks(size), { standbys })) }
  })

function afterwards(given: ReadonlyMap<string, MemberTasks>): AssignmentMember[] {
  return [...given].map(([id, own]) => warm(id, own.active, Object.fromEntries(own.standby.map(task => [task, 90]))))
}

properties('with one standby each, the numbers of standbys differ by at most one', () => {
  fc.assert(
    fc.property(settled, ({ all, members }) => {
      const fresh = members.map(({ id }) => member(id))
      const sizes = [...assignTasks(fresh, all, { standbys: 1 }).values()].map(({ standby }) => standby.length)
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, sizes.join())
    }),
  )
})

properties("the standbys of one member's tasks are spread over the others", () => {
  fc.assert(
    fc.property(settled, ({ all, members }) => {
      const fresh = members.map(({ id }) => member(id))
      const given = [...assignTasks(fresh, all, { standbys: 1 })]
      for (const [owner, { active }] of given) {
        const others = given.filter(([id]) => id !== owner).map(([, { standby }]) => standby.filter(task => active.includes(task)).length)
        assert.ok(Math.max(0, ...others) - Math.min(...others, Infinity) <= 2, `${owner}: ${others.join()}`)
      }
    }),
  )
})

properties('an even assignment does not change', () => {
  fc.assert(
    fc.property(settled, ({ all, standbys, members }) => {
      const again = afterwards(assignTasks(members, all, { standbys }))
      assert.equal(both(again, all, standbys), both(members, all, standbys))
    }),
  )
})

properties('a member that joins gets its share, and no other task moves', () => {
  fc.assert(
    fc.property(settled, ({ all, standbys, members }) => {
      const given = assignTasks([...members, member('new')], all, { standbys })
      for (const { id, active } of members) {
        const now = (given.get(id) as MemberTasks).active
        assert.ok(
          now.every(task => active.includes(task)),
          'an old member got a task of another old one',
        )
      }
      const moved = (given.get('new') as MemberTasks).active.length
      assert.is(moved, all.length - members.reduce((sum, { id }) => sum + (given.get(id) as MemberTasks).active.length, 0))
      assert.ok(moved <= Math.ceil(all.length / (members.length + 1)))
    }),
  )
})

properties('when a member leaves, only its tasks move', () => {
  fc.assert(
    fc.property(settled, ({ all, standbys, members }) => {
      fc.pre(members.length > 1)
      const given = assignTasks(members.slice(1), all, { standbys })
      for (const { id, active } of members.slice(1)) {
        const now = (given.get(id) as MemberTasks).active
        assert.ok(
          active.every(task => now.includes(task)),
          `${id} lost a task`,
        )
      }
    }),
  )
})

properties('if one of two members leaves, the other has standbys of all its tasks', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20 }), size => {
      const [, survivor] = afterwards(assignTasks([member('a'), member('b')], tasks(size), { standbys: 1 }))
      assert.equal([...(survivor?.positions?.keys() ?? [])].toSorted(), tasks(size).toSorted())
    }),
  )
})

properties('if a member of an even group leaves, its tasks go to standbys that have room', () => {
  fc.assert(
    fc.property(settled, ({ all, members }) => {
      fc.pre(members.length > 1)
      const [gone, ...left] = afterwards(
        assignTasks(
          members.map(({ id }) => member(id)),
          all,
          { standbys: 1 },
        ),
      )
      const given = assignTasks(left, all, { standbys: 1 })
      const share = Math.floor(all.length / left.length)
      for (const task of gone?.active ?? []) {
        const warmOne = left.find(({ positions }) => positions?.has(task)) as AssignmentMember
        const { active } = given.get(warmOne.id) as MemberTasks
        assert.ok(active.includes(task) || active.length >= share, `${task} went past its standby, which had room`)
      }
    }),
  )
})

properties.run()

const several = suite('assignTasks, several sub-topologies')

/** Members that can run some or all of the sub-topologies, each of which somebody can run. */
const mixed = fc
  .record({
    sizes: fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 4 }),
    members: fc.array(aMember, { minLength: 1, maxLength: 6 }),
    able: fc.array(fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), { minLength: 6, maxLength: 6 }),
    standbys: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ sizes, members, able, standbys }) => {
    const all = sizes.flatMap((size, sub) => tasks(size).map(id => `${sub}${id.slice(1)}`))
    const spread = (ids: readonly string[], at: number): string[] => all.filter((_, index) => ids.includes(`0_${(index * 7 + at) % 20}`))
    return {
      all,
      standbys,
      members: members.map(([active, onDisk, positions], at): AssignmentMember => ({
        id: `m${at}`,
        active: spread(active, at),
        onDisk: spread(onDisk, at),
        positions: new Map(spread(Object.keys(positions), at).map(id => [id, at])),
        runs: new Set(sizes.flatMap((_, sub) => (at === 0 || able[at]?.[sub] ? [String(sub)] : []))),
      })),
    }
  })
const subOf = (task: string): string => task.split('_')[0] as string
const difference = (sizes: readonly number[]): number => Math.max(...sizes) - Math.min(...sizes)
const ableIn = (members: readonly AssignmentMember[], sub: string): readonly AssignmentMember[] =>
  members.filter(({ runs }) => runs === undefined || runs.has(sub))

several('every task goes to exactly one member that can run it, its standbys too', () => {
  fc.assert(
    fc.property(mixed, ({ all, members, standbys }) => {
      const given = assignTasks(members, all, { standbys })
      assert.equal([...given.values()].flatMap(({ active }) => active).sort(), all.toSorted())
      for (const { id, runs } of members) {
        const { active, standby } = given.get(id) as MemberTasks
        for (const task of [...active, ...standby]) assert.ok(runs?.has(subOf(task)), `${id} cannot run ${task}`)
      }
      for (const task of all) {
        const copies = [...given.values()].filter(({ standby }) => standby.includes(task)).length
        assert.is(copies, Math.min(standbys, ableIn(members, subOf(task)).length - 1))
      }
    }),
  )
})

several('in each sub-topology the loads of members that can run it differ by at most one', () => {
  fc.assert(
    fc.property(mixed, ({ all, members }) => {
      const given = active(members, all)
      for (const sub of new Set(all.map(subOf))) {
        const sizes = ableIn(members, sub).map(({ id }) => given[id]?.filter(task => subOf(task) === sub).length ?? 0)
        assert.ok(difference(sizes) <= 1, `${sub}: ${sizes.join()}`)
      }
    }),
  )
})

several('if all members can run everything, their total loads differ by at most one', () => {
  fc.assert(
    fc.property(mixed, ({ all, members }) => {
      const able = members.map(({ id, active: ran, onDisk, positions = new Map() }) => ({ id, active: ran, onDisk, positions }))
      const sizes = Object.values(active(able, all)).map(list => list.length)
      assert.ok(difference(sizes) <= 1, sizes.join())
    }),
  )
})

several('the total loads of members that can run the same differ by at most one', () => {
  fc.assert(
    fc.property(mixed, ({ all, members }) => {
      const given = active(members, all)
      for (const { runs } of members) {
        const alike = members.filter(other => [...(other.runs ?? [])].join() === [...(runs ?? [])].join())
        assert.ok(difference(alike.map(({ id }) => given[id]?.length ?? 0)) <= 1)
      }
    }),
  )
})

several('an assignment does not change, in any order of members and tasks', () => {
  fc.assert(
    fc.property(mixed, ({ all, members }) => {
      const given = active(members, all)
      const after = members.map(({ id, runs }) => Object.assign(warm(id, given[id] ?? [], {}), { runs }))
      assert.equal(active(after, all), given)
      assert.equal(active(members.toReversed(), all.toReversed()), given)
    }),
  )
})

several('a task leaves its owner only if the owner has more than its share of the sub-topology, or more than another in all', () => {
  fc.assert(
    fc.property(mixed, ({ all, members }) => {
      const owned = new Set<string>()
      const clean = members.map(each => ({ ...each, active: each.active.filter(task => !owned.has(task) && owned.add(task)) }))
      const given = active(clean, all)
      for (const { id, active: before, runs } of clean) {
        for (const task of before) {
          const sub = subOf(task)
          if (given[id]?.includes(task) === true || runs?.has(sub) !== true) continue
          const now = given[id]?.filter(each => subOf(each) === sub).length ?? 0
          const share = Math.floor(all.filter(each => subOf(each) === sub).length / ableIn(members, sub).length)
          assert.ok(now >= share, `${id} has ${now} of ${share} and lost ${task}`)
        }
      }
    }),
  )
})

several('a new member gets its share of the tasks of each sub-topology', () => {
  const all = [...tasks(4), ...tasks(4).map(id => `1${id.slice(1)}`)]
  const given = active([member('old', all), member('new')], all)
  assert.equal(given, { old: ['0_0', '0_1', '1_0', '1_1'], new: ['0_2', '0_3', '1_2', '1_3'] })
})

several('many sub-topologies of one task each are spread', () => {
  const all = ['0_0', '1_0', '2_0', '3_0']
  assert.equal(active([member('old', all), member('new')], all), { old: ['2_0', '3_0'], new: ['0_0', '1_0'] })
  assert.equal(active([member('a'), member('b')], all), { a: ['0_0', '2_0'], b: ['1_0', '3_0'] })
})

several.run()
