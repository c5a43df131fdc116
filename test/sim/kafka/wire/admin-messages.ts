import type { FieldWriter } from './fields.ts'
import { array, bool, constant, int16, int32, int8, type Kind, nullableArray, nullableString, since, string, struct } from './kinds.ts'
import { throttle, throttleSince } from './log-messages.ts'

/** Requests about the broker, and of administrators. */
export interface Feature {
  readonly name: string
  readonly min: number
  readonly max: number
}

export interface Features {
  readonly supported: readonly Feature[]
  readonly finalized: readonly Feature[]
}

interface VersionsAnswer {
  readonly error: number
  readonly apis: readonly { readonly key: number; readonly min: number; readonly max: number }[]
  readonly features: Features
}

const supportedTag = 0
const finalizedEpochTag = 1
const finalizedTag = 2

/** The answer's tags are its features: as tagged fields, which no other answer here has. */
const versionsAnswer: Kind<VersionsAnswer> = {
  at(version, flexible) {
    const head = struct({ error: int16, apis: array(struct({ key: int16, min: int16, max: int16 })), throttle: throttleSince(1) })
    const codec = head.at(version, flexible)
    return {
      read: () => {
        throw new Error('answers are not read')
      },
      write(writer, value) {
        codec.write(writer, value)
        if (!flexible) return
        writer.at-- // the tags of the head: none
        writer.varint(3)
        featureTag(writer, supportedTag, value.features.supported, ({ min, max }) => [min, max])
        writer.varint(finalizedEpochTag)
        writer.varint(8)
        writer.int64(1)
        featureTag(writer, finalizedTag, value.features.finalized, ({ min, max }) => [max, min])
      },
    }
  },
}

function featureTag(
  writer: FieldWriter,
  tag: number,
  features: readonly Feature[],
  levels: (feature: Feature) => readonly [number, number],
): void {
  writer.varint(tag)
  writer.varint(features.reduce((size, { name }) => size + 1 + name.length + 4 + 1, 1))
  writer.varint(features.length + 1)
  for (const feature of features) {
    writer.varint(feature.name.length + 1)
    writer.text(feature.name)
    for (const level of levels(feature)) writer.int16(level)
    writer.varint(0)
  }
}

export const apiVersions = {
  request: struct({ software: since(3, string, ''), softwareVersion: since(3, string, '') }),
  response: versionsAnswer,
}

export const createTopics = {
  request: struct({
    topics: array(
      struct({
        name: string,
        partitions: int32,
        replication: int16,
        assignments: array(struct({ index: int32, brokers: array(int32) })),
        configs: array(struct({ name: string, value: nullableString })),
      }),
    ),
    timeoutMs: int32,
    validateOnly: since(1, bool, false),
  }),
  response: struct({ throttle: throttleSince(2), topics: array(struct({ name: string, error: int16, message: nullableString })) }),
}

export const deleteTopics = {
  request: struct({ names: array(string), timeoutMs: int32 }),
  response: struct({ throttle: throttleSince(1), topics: array(struct({ name: string, error: int16 })) }),
}

export const createPartitions = {
  request: struct({
    topics: array(struct({ name: string, count: int32, assignments: nullableArray(struct({ brokers: array(int32) })) })),
    timeoutMs: int32,
    validateOnly: bool,
  }),
  response: struct({ throttle, topics: array(struct({ name: string, error: int16, message: nullableString })) }),
}

export const describeConfigs = {
  request: struct({
    resources: array(struct({ type: int8, name: string, keys: nullableArray(string) })),
    synonyms: bool,
  }),
  response: struct({
    throttle,
    resources: array(
      struct({
        error: int16,
        message: nullableString,
        type: int8,
        name: string,
        configs: array(
          struct({
            name: string,
            value: nullableString,
            readOnly: constant(bool, false),
            source: int8,
            sensitive: constant(bool, false),
            synonyms: constant(array(struct({ name: string, value: nullableString, source: int8 })), []),
          }),
        ),
      }),
    ),
  }),
}

export const alterConfigs = {
  request: struct({
    resources: array(struct({ type: int8, name: string, configs: array(struct({ name: string, value: nullableString })) })),
    validateOnly: bool,
  }),
  response: struct({
    throttle,
    resources: array(struct({ error: int16, message: nullableString, type: int8, name: string })),
  }),
}
