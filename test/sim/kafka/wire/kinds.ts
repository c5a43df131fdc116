import type { FieldReader, FieldWriter } from './fields.ts'

/** How a value of one type stands in one version of a request or an answer. */
export interface Codec<T> {
  read(reader: FieldReader): T
  write(writer: FieldWriter, value: T): void
}

/** A type of Kafka's protocol; flexible versions (KIP-482) write lengths as varints, and tags behind structures. */
export interface Kind<T> {
  at(version: number, flexible: boolean): Codec<T>
  /** Versions that do not have the field. Default: all have it. */
  readonly missing?: (version: number) => boolean
  /** What stands for it in those. */
  readonly otherwise?: T
}

/** A field that no answer needs a value for. */
export interface Constant extends Kind<unknown> {
  readonly constant: unknown
}

export type ValueOf<K> = K extends Kind<infer T> ? T : never
type Fields = Readonly<Record<string, Kind<unknown>>>
export type Struct<F extends Fields> = { readonly [K in keyof F as F[K] extends Constant ? never : K]: ValueOf<F[K]> }

function plain<T>(codec: Codec<T>): Kind<T> {
  return { at: () => codec }
}

export const int8 = plain<number>({ read: reader => reader.int8(), write: (writer, value) => writer.int8(value) })
export const int16 = plain<number>({ read: reader => reader.int16(), write: (writer, value) => writer.int16(value) })
export const int32 = plain<number>({ read: reader => reader.int32(), write: (writer, value) => writer.int32(value) })
export const int64 = plain<number>({ read: reader => reader.int64(), write: (writer, value) => writer.int64(value) })
export const bool = plain<boolean>({ read: reader => reader.int8() !== 0, write: (writer, value) => writer.int8(value ? 1 : 0) })
/** 16 bytes. */
export const uuid = plain<Buffer>({ read: reader => reader.slice(16), write: (writer, value) => writer.slice(value) })

export const nullableString: Kind<string | null> = {
  at: (_version, flexible) => ({
    read(reader) {
      const length = flexible ? reader.varint() - 1 : reader.int16()
      return length < 0 ? null : reader.text(length)
    },
    write(writer, value) {
      const length = value === null ? -1 : Buffer.byteLength(value)
      if (flexible) writer.varint(length + 1)
      else writer.int16(length)
      if (value !== null) writer.text(value)
    },
  }),
}

export const nullableBytes: Kind<Buffer | null> = {
  at: (_version, flexible) => ({
    read(reader) {
      const length = flexible ? reader.varint() - 1 : reader.int32()
      return length < 0 ? null : reader.slice(length)
    },
    write(writer, value) {
      const length = value === null ? -1 : value.length
      if (flexible) writer.varint(length + 1)
      else writer.int32(length)
      if (value !== null) writer.slice(value)
    },
  }),
}

/** Bytes in pieces, one behind the other: the record batches of an answer. */
export const pieces: Kind<readonly Buffer[]> = {
  at: (_version, flexible) => ({
    read(reader) {
      const length = flexible ? reader.varint() - 1 : reader.int32()
      return length <= 0 ? [] : [reader.slice(length)]
    },
    write(writer, value) {
      let length = 0
      for (const piece of value) length += piece.length
      if (flexible) writer.varint(length + 1)
      else writer.int32(length)
      for (const piece of value) writer.slice(piece)
    },
  }),
}

function never<T>(kind: Kind<T | null>, empty: T): Kind<T> {
  return {
    at(version, flexible) {
      const codec = kind.at(version, flexible)
      return { read: reader => codec.read(reader) ?? empty, write: (writer, value) => codec.write(writer, value) }
    },
  }
}

export const string: Kind<string> = never(nullableString, '')
export const bytes: Kind<Buffer> = never(nullableBytes, Buffer.alloc(0))

export function nullableArray<T>(item: Kind<T>): Kind<readonly T[] | null> {
  return {
    at(version, flexible) {
      const codec = item.at(version, flexible)
      return {
        read(reader) {
          const length = flexible ? reader.varint() - 1 : reader.int32()
          if (length < 0) return null
          const items: T[] = []
          for (let left = length; left > 0; left--) items.push(codec.read(reader))
          return items
        },
        write(writer, value) {
          const length = value === null ? -1 : value.length
          if (flexible) writer.varint(length + 1)
          else writer.int32(length)
          if (value !== null) for (const each of value) codec.write(writer, each)
        },
      }
    },
  }
}

export function array<T>(item: Kind<T>): Kind<readonly T[]> {
  return never<readonly T[]>(nullableArray(item), [])
}

/** From this version on; `otherwise` stands for it in older ones. */
export function since<T>(version: number, kind: Kind<T>, otherwise: T): Kind<T> {
  return { at: (...args) => kind.at(...args), missing: asked => asked < version, otherwise }
}

/** Up to this version, inclusive. */
export function until<T>(version: number, kind: Kind<T>, otherwise: T): Kind<T> {
  return { at: (...args) => kind.at(...args), missing: asked => asked > version, otherwise }
}

/** Always this value. */
export function constant<T>(kind: Kind<T>, value: T): Constant {
  return { ...(kind as Kind<unknown>), constant: value }
}

export function struct<F extends Fields>(fields: F): Kind<Struct<F>> {
  return {
    at(version, flexible) {
      const here: { readonly name: string; readonly codec: Codec<unknown>; readonly constant: unknown }[] = []
      const absent: (readonly [name: string, otherwise: unknown])[] = []
      for (const [name, kind] of Object.entries(fields)) {
        if (kind.missing?.(version) === true) absent.push([name, kind.otherwise])
        else here.push({ name, codec: kind.at(version, flexible), constant: 'constant' in kind ? kind.constant : undefined })
      }
      return {
        read(reader) {
          const value: Record<string, unknown> = {}
          for (const { name, codec } of here) value[name] = codec.read(reader)
          for (const [name, otherwise] of absent) value[name] = otherwise
          if (flexible) reader.skipTags()
          return value as Struct<F>
        },
        write(writer, value) {
          const values = value as Readonly<Record<string, unknown>>
          for (const { name, codec, constant: always } of here) codec.write(writer, always === undefined ? values[name] : always)
          if (flexible) writer.varint(0)
        },
      }
    },
  }
}
