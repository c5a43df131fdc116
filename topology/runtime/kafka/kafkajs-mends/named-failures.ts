import type { Mend } from './mend.ts'
import { type AskedFor, neededRight } from '../wire/index.ts'

/** One error code in a broker's answer, with its topic and partition. */
export interface FailedPart {
  readonly code: number
  readonly topic?: string | undefined
  readonly partition?: number | undefined
  /** The broker's error message. */
  readonly words?: string | undefined
}

/** An error that a broker answered; `type` is kafkajs' name of its code. */
interface ProtocolError extends Error {
  readonly type: string
  readonly code: number
}

interface Message {
  readonly request: { readonly apiName: string }
  readonly response: { decode(bytes: Buffer): Promise<unknown>; parse(decoded: unknown): Promise<unknown> }
}

interface ConnectionMethods {
  send: (this: object, message: Message) => Promise<unknown>
}

type Ask = (this: { readonly connectionPool: { readonly sasl?: { readonly username?: string } } }, asked: AskedFor) => unknown

/** All error codes of the answer from which an error was made. */
const failures = new WeakMap<Error, readonly FailedPart[]>()
/** OPERATION_NOT_ATTEMPTED: the reason is in another part of the answer. */
const notAttempted = 55
const codeKeys = ['errorCode', 'topicErrorCode', 'partitionErrorCode'] as const
const shown = 5

/** All error codes of a decoded answer, at any depth. */
export function failedParts(decoded: unknown, within: Omit<FailedPart, 'code'> = {}): readonly FailedPart[] {
  if (Array.isArray(decoded)) return decoded.flatMap(each => failedParts(each, within))
  if (typeof decoded !== 'object' || decoded === null || ArrayBuffer.isView(decoded)) return []
  const { topic, topicName, partition, partitionId, errorMessage, messages: _records, ...rest } = decoded as Record<string, unknown>
  const here = {
    topic: textOf(topic) ?? textOf(topicName) ?? within.topic,
    partition: numberOf(partition) ?? numberOf(partitionId) ?? within.partition,
    words: textOf(errorMessage) ?? within.words,
  }
  const own = codeKeys.flatMap(key => (typeof rest[key] === 'number' && rest[key] !== 0 ? [{ ...here, code: rest[key] }] : []))
  return [...own, ...Object.values(rest).flatMap(value => (typeof value === 'object' ? failedParts(value, here) : []))]
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

/** Adds to the error's message the request and its topics, group or transactional id. If a right is missing, the message names it instead. */
export function nameFailure(error: ProtocolError, method: string, asked: AskedFor, user: string | undefined): void {
  const parts = failures.get(error) ?? []
  const same = parts.filter(({ code }) => code === error.code)
  const topics = [...new Set(same.flatMap(({ topic }) => topic ?? []))]
  const right = neededRight(method, error.type, { ...asked, topics })
  if (right !== undefined) {
    error.message = `not authorized: ${user === undefined ? 'this client' : `user ${user}`} needs the right ${right}`
    return
  }
  const what = topics.length > 0 ? placesOf(same) : subjectOf(method, asked)
  const words = same.find(part => part.words !== undefined)?.words
  error.message += ` (${[method, what, words].filter(Boolean).join(', ')})`
}

function placesOf(parts: readonly FailedPart[]): string {
  const places = [
    ...new Set(
      parts.map(({ topic, partition }) => (partition === undefined ? `topic ${topic}` : `partition ${partition} of topic ${topic}`)),
    ),
  ]
  return places.length > shown ? `${places.slice(0, shown).join(', ')} and ${places.length - shown} more` : places.join(', ')
}

function subjectOf(method: string, { groupId, groupIds, transactionalId, coordinatorType }: AskedFor): string {
  const ids = typeof groupId === 'string' ? groupId : groupIds?.join(', ')
  const parts = [
    transactionalId === undefined ? '' : `transactional id ${transactionalId}`,
    ids === undefined ? '' : `${method === 'findGroupCoordinator' && coordinatorType === 1 ? 'transactional id' : 'group'} ${ids}`,
  ]
  return parts.filter(part => part !== '').join(', ')
}

function isProtocolError(error: unknown): error is ProtocolError {
  const { name, type, code } = (error ?? {}) as Partial<ProtocolError>
  return error instanceof Error && typeof name === 'string' && typeof type === 'string' && typeof code === 'number'
}

type TopicErrors = Error & { readonly errors: readonly (ProtocolError & { readonly topic: string })[] }

/** Whether it is kafkajs' error for topics that could not be created. */
function isTopicErrors(error: unknown): error is TopicErrors {
  return error instanceof Error && error.name === 'KafkaJSAggregateError'
}

function withWords(error: TopicErrors, parts: readonly FailedPart[]): TopicErrors {
  for (const each of error.errors) {
    const words = parts.find(({ topic }) => topic === each.topic)?.words
    if (words !== undefined) each.message += ` (${words})`
  }
  return error
}

/** Methods of a broker that are not named in errors. */
const unnamed: ReadonlySet<string> = new Set(['constructor', 'isConnected', 'connect', 'disconnect', 'apiVersions'])

/**
 * A broker's answer says for each topic or partition whether it failed. kafkajs throws an error with the first code and a general text, such as "Not
 * authorized to access topics" or "This server does not host this topic-partition"; or, for parts that were not tried, "did not attempt to execute
 * this operation".
 */
export const namedFailuresMend: Mend = {
  defect: 'errors of brokers do not name their subject',
  apply(modules) {
    const { createErrorFromCode } = modules.load('src/protocol/error.js') as { createErrorFromCode: (code: number) => ProtocolError }
    const connection = modules.load('src/network/connection.js') as { prototype: ConnectionMethods }
    const broker = modules.load('src/broker/index.js') as { prototype: Record<string, Ask> }
    const { send } = connection.prototype
    connection.prototype.send = function (message) {
      const { response } = message
      const parse = async (decoded: unknown): Promise<unknown> => {
        try {
          return await response.parse(decoded)
        } catch (error) {
          if (!isProtocolError(error)) throw isTopicErrors(error) ? withWords(error, failedParts(decoded)) : error
          const parts = failedParts(decoded)
          const cause = error.code === notAttempted ? parts.find(({ code }) => code !== notAttempted) : undefined
          const told = cause === undefined ? error : createErrorFromCode(cause.code)
          failures.set(told, parts)
          const { enabledMechanisms } = decoded as { readonly enabledMechanisms?: readonly string[] }
          if (enabledMechanisms !== undefined) told.message += ` (the broker accepts ${enabledMechanisms.join(', ')})`
          throw told
        }
      }
      return send.call(this, { ...message, response: { decode: bytes => response.decode(bytes), parse } })
    }
    for (const name of Object.getOwnPropertyNames(broker.prototype)) {
      const ask = broker.prototype[name]
      if (unnamed.has(name) || typeof ask !== 'function') continue
      broker.prototype[name] = async function (asked) {
        try {
          return await ask.call(this, asked)
        } catch (error) {
          if (isProtocolError(error)) nameFailure(error, name, asked ?? {}, this.connectionPool.sasl?.username)
          throw error
        }
      }
    }
  },
}
