import { types } from 'node:util'
import type { FieldTable, ValueKind } from './value-kind.ts'

/** Whether the value is an object with named members: not null, an array, or an object of JavaScript's own whose content is not its members. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !builtIns.some(is => is(value))
}

/** Each without a member of its own, so as options they would count as `{}`: a promise that was not awaited, a Map of options. */
const builtIns: readonly ((value: unknown) => boolean)[] = [
  types.isPromise,
  types.isMap,
  types.isSet,
  types.isDate,
  types.isRegExp,
  types.isBoxedPrimitive,
  types.isNativeError,
  types.isAnyArrayBuffer,
  value => ArrayBuffer.isView(value),
]

/**
 * Whether the object may have other members than options: an instance of a class may, a plain object may not, nor one whose prototypes are plain
 * objects (`Object.create(defaults)`), nor one of another realm (`node:vm`, some test runners).
 */
export function mayHaveMore(value: object): boolean {
  return prototypesOf(value).some(prototype => Object.hasOwn(prototype, 'constructor'))
}

/** The names of an object's members, and of those it has from its prototypes. */
export function namesIn(value: object): readonly string[] {
  return [value, ...prototypesOf(value)].flatMap(each => Object.keys(each))
}

/** Without the last one, which is Object.prototype of some realm, or an object without a prototype. */
function prototypesOf(value: object): readonly object[] {
  const found: object[] = []
  for (let at = prototypeOf(value); at !== null; at = prototypeOf(at)) found.push(at)
  return found.slice(0, -1)
}

function prototypeOf(value: object): object | null {
  return Object.getPrototypeOf(value) as object | null
}

/** An object whose options are checked one by one. */
export function optionsWithin<T>(
  type: string,
  fields: FieldTable,
  allowed = `an object of ${Object.keys(fields).join(', ')}`,
): ValueKind<T> {
  return { type, allowed, accepts: (value): value is T => isObject(value), fields: () => fields }
}

/** An object with these methods, and any other members; a class whose static methods they are is one too. */
export function objectOf<T>(type: string, methods: readonly (keyof T & string)[]): ValueKind<T> {
  return {
    type,
    allowed: `an object with the functions ${methods.join(' and ')}`,
    accepts: (value): value is T =>
      ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
      methods.every(name => typeof (value as T)[name] === 'function'),
  }
}

/** An object of values with any names. `what` completes "allowed: …". `each`: whether a value is allowed; default: all are. */
export function recordOf<T>(type: string, what: string, each?: (value: unknown) => boolean): ValueKind<Readonly<Record<string, T>>> {
  const accepts = (value: unknown): value is Readonly<Record<string, T>> =>
    isObject(value) && (each === undefined || Object.values(value).every(each))
  return { type, allowed: what, copy: plainCopy, accepts }
}

/** No list of options is longer; one that is could take minutes to look through. */
const longestList = 100_000

/** A list of values for each of which `each` returns true. `part`: what is kept of a value; default: the value itself. */
export function listKind<T>(
  type: string,
  allowed: string,
  { each, part = value => value, mayBeEmpty = false }: ListParts,
): ValueKind<readonly T[]> {
  const fits = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.length <= longestList
  return {
    type,
    allowed,
    copy: value => (fits(value) ? Array.from(value, part) : value),
    // Array.from shows the holes of a list.
    accepts: (value): value is readonly T[] => fits(value) && (mayBeEmpty || value.length > 0) && Array.from(value).every(one => each(one)),
  }
}

interface ListParts {
  readonly each: (value: unknown) => boolean
  readonly part?: (value: unknown) => unknown
  readonly mayBeEmpty?: boolean
}

/** A plain object of the same enumerable members, and of what the getters of its class return, each of them read once; another value as it is. */
export function plainCopy(value: unknown): unknown {
  if (!isObject(value)) return value
  const names = new Set([...namesIn(value), ...ofClass(value, member => member.get !== undefined)])
  return Object.fromEntries([...names].map(name => [name, value[name]]))
}

/** Whether the object is an instance of a class with methods: as the members of a record they would be overlooked. */
export function hasMethods(value: object): boolean {
  return ofClass(value, method => typeof method.value === 'function').length > 0
}

/** The names of the members for which `is` returns true, of those that a class gives its instances. */
function ofClass(value: object, is: (member: PropertyDescriptor) => boolean): readonly string[] {
  return prototypesOf(value).flatMap(prototype =>
    Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, member]) =>
      name !== 'constructor' && member.enumerable !== true && is(member) ? [name] : [],
    ),
  )
}

/** A function. */
export function functionOf<T>(type: string, allowed = 'a function'): ValueKind<T> {
  return { type, allowed, accepts: (value): value is T => typeof value === 'function' }
}

/** Any value for which `is` returns true. */
export function kindOf<T>(type: string, allowed: string, is: (value: unknown) => boolean): ValueKind<T> {
  return { type, allowed, accepts: (value): value is T => is(value) }
}
