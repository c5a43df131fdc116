import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/sluice-error.ts'
import { type Door, doors } from './doors.ts'

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

/** Objects with methods, such as serdes, are kept as they are; options are plain data and functions below them. */
const isOptions = (value: unknown): value is Record<string, unknown> =>
  isPlain(value) && !('serialize' in value || 'parse' in value || 'specs' in value)

/** The same options behind getters, which call `onRead` with the path, and with elements of lists behind getters too. */
function behindGetters(value: unknown, onRead: (path: string) => void, path = ''): unknown {
  const getter = (at: string, inner: unknown) => ({
    enumerable: true,
    configurable: true,
    get: () => {
      onRead(at)
      return inner
    },
  })
  if (Array.isArray(value)) {
    const list: unknown[] = []
    value.forEach((each, at) => Object.defineProperty(list, at, getter(`${path}[${at}]`, behindGetters(each, onRead, `${path}[${at}]`))))
    return list
  }
  if (!isOptions(value)) return value
  const made = {}
  for (const [name, inner] of Object.entries(value)) {
    const at = path === '' ? name : `${path}.${name}`
    Object.defineProperty(made, name, getter(at, behindGetters(inner, onRead, at)))
  }
  return made
}

/** The options; each is what it should be when it is read first, and null from then on. */
function fickle(value: unknown): unknown {
  if (Array.isArray(value)) return once(value.map(fickle), [])
  return isOptions(value) ? once(Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fickle(inner)])), {}) : value
}

function once(members: object, made: object): object {
  for (const [name, value] of Object.entries(members) as [string, unknown][]) {
    let left = 1
    Object.defineProperty(made, name, { enumerable: true, configurable: true, get: () => (left-- > 0 ? value : null) })
  }
  return made
}

const test = suite('options are read once, and kept')

async function outcome({ open }: Door, options: unknown): Promise<string> {
  try {
    await open(options)
    return 'accepted'
  } catch (error) {
    return error instanceof SluiceError ? `${error.code}: ${error.message}` : `a raw ${String(error)}`
  }
}

for (const door of doors) {
  test(`${door.name}: the right options are accepted`, async () => assert.is(await outcome(door, door.right), 'accepted'))

  test(`${door.name}: no option is read twice`, async () => {
    const reads = new Map<string, number>()
    const given = behindGetters(door.right, path => reads.set(path, (reads.get(path) ?? 0) + 1))
    assert.is(await outcome(door, given), 'accepted')
    assert.equal(
      [...reads].filter(([, count]) => count > 1),
      [],
    )
  })

  test(`${door.name}: getters that return null the second time change nothing`, async () =>
    assert.is(await outcome(door, fickle(door.right)), 'accepted'))

  test(`${door.name}: each option refuses what no option accepts, in words that name it`, async () => {
    for (const name of Object.keys(door.right)) {
      for (const value of [null, NaN, -0.5, Symbol('s\u001b[31m'), 5n, '\0', new Map(), Promise.resolve(1), class Strange {}]) {
        if (typeof door.right[name] === 'function' && typeof value === 'function') continue
        if (['default', 'log'].includes(name) && typeof value !== 'number') continue
        if (name === 'default') continue
        const found = await outcome(door, { ...door.right, [name]: value })
        assert.match(found, new RegExp(`^${door.code}: .*${name}.*`), `${door.name} ${name} ${typeof value}: ${found}`)
        // oxlint-disable-next-line no-control-regex
        assert.not.match(found, /[\u0000-\u001f]/)
      }
    }
  })

  test(`${door.name}: an unknown name is refused, however long; the nearest one is named`, async () => {
    const [first] = Object.keys(door.right) as [string]
    const long = await outcome(door, { ...door.right, ['x'.repeat(100_000)]: 1 })
    assert.match(long, new RegExp(`^${door.code}: unknown option "x{199}… `))
    assert.ok(long.length < 2000, `${long.length} characters`)
    assert.match(await outcome(door, { ...door.right, [`${first}X`]: 1 }), new RegExp(`did you mean "${first}"\\?$`))
    assert.match(await outcome(door, { ...door.right, '\u001b[31mred\u009b': 1 }), /unknown option "\\u001b\[31mred\\x9b"/)
  })

  test(`${door.name}: what is no object of options is refused`, async () => {
    for (const value of [
      null,
      5,
      'text',
      [],
      () => door.right,
      Symbol('s'),
      Promise.resolve(door.right),
      new Map(),
      revoked(),
      throwing(),
    ]) {
      const found = await outcome(door, value)
      assert.ok(found.startsWith(`${door.code}: options `), found)
    }
  })

  test(`${door.name}: frozen ones, those of a class and inherited ones are accepted`, async () => {
    class Options {
      readonly more = 1
      constructor() {
        Object.assign(this, door.right)
      }
    }
    for (const given of [
      Object.freeze({ ...door.right }),
      new Options(),
      Object.create(door.right),
      { ...door.right, [Symbol('mine')]: 1 },
    ])
      assert.is(await outcome(door, given), 'accepted')
  })
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function throwing(): object {
  return new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no')
      },
    },
  )
}

test.run()
