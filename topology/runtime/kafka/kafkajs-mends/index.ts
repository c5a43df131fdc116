import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { SluiceError } from '../../../../base/sluice-error.ts'
import { askedTopicsMend } from './asked-topics.ts'
import { closedClusterMend } from './closed-cluster.ts'
import { committedOffsetsMend } from './committed-offsets.ts'
import { compressionCodecsMend } from './compression-codecs.ts'
import { connectionSocketsMend } from './connection-sockets.ts'
import { crc32cMend } from './crc32c.ts'
import { filterAbortedMessagesMend } from './filter-aborted-messages.ts'
import { fetchDecodeMend } from './fetch-decode.ts'
import { groupMessagesMend } from './group-messages.ts'
import { joinHookMend } from './join-hook.ts'
import { lostSeedMend } from './lost-seed.ts'
import type { KafkaJsModules, Mend } from './mend.ts'
import { movedGroupsMend } from './moved-groups.ts'
import { namedFailuresMend } from './named-failures.ts'
import { offsetOutOfRangeMend } from './offset-out-of-range.ts'
import { produceRequestMend } from './produce-request.ts'
import { producerSessionMend, sessionOf } from './producer-session.ts'
import { reauthenticationMend } from './reauthentication.ts'
import { saslFailuresMend } from './sasl-failures.ts'
import { smallRequestsMend } from './small-requests.ts'
import { swallowedErrorsMend } from './swallowed-errors.ts'
import { transactionRequestsMend } from './transaction-requests.ts'
import { transactionRetryMend } from './transaction-retry.ts'
import { TransactionLostError } from './transaction-session.ts'

export type KafkaJs = typeof import('kafkajs')
export type { ConsumerBatch } from './consumer-batch.ts'
export { askAgain } from './ask-again.ts'
export { sessionOf, TransactionLostError }
export { describeTopics, type DescribedTopic } from './asked-topics.ts'
export type { FetchedRecord } from './fetched-record.ts'
export type { ConsumerGroup, JoinedGroup, JoinHooks } from './join-hook.ts'
export type { OffsetResetHook } from './offset-out-of-range.ts'

const version = '2.2.4'

/** In this order: what replaces a module comes before what loads those that use it. */
export const mends: readonly Mend[] = [
  smallRequestsMend,
  crc32cMend,
  compressionCodecsMend,
  groupMessagesMend,
  produceRequestMend,
  filterAbortedMessagesMend,
  fetchDecodeMend,
  transactionRequestsMend,
  transactionRetryMend,
  producerSessionMend,
  closedClusterMend,
  askedTopicsMend,
  movedGroupsMend,
  connectionSocketsMend,
  reauthenticationMend,
  saslFailuresMend,
  namedFailuresMend,
  swallowedErrorsMend,
  lostSeedMend,
  joinHookMend,
  committedOffsetsMend,
  offsetOutOfRangeMend,
]

const require = createRequire(import.meta.url)
let loaded: KafkaJs | undefined

/**
 * kafkajs with its mends. Loads it at the first call, the same module ever after.
 * Throws SluiceError CLIENT_UNSUPPORTED for another version than the one that the mends were made for, and when kafkajs was loaded already
 * without them: nothing but this may import it.
 */
export function loadMendedKafkajs(): KafkaJs {
  loaded ??= load()
  return loaded
}

function load(): KafkaJs {
  const manifest = require.resolve('kafkajs/package.json')
  const found = (require(manifest) as { version: string }).version
  if (found !== version) {
    throw new SluiceError(
      'CLIENT_UNSUPPORTED',
      `kafkajs ${found} is installed, its mends are made for ${version} alone: install kafkajs@${version}`,
    )
  }
  const root = dirname(manifest)
  if (require.cache[join(root, 'index.js')]) throw new SluiceError('CLIENT_UNSUPPORTED', 'kafkajs was loaded before its mends')
  const modules = modulesBelow(root)
  for (const mend of mends) mend.apply(modules)
  return require(root) as KafkaJs
}

/** Replacement is done in Node's module cache, from where kafkajs' own modules require each other. */
function modulesBelow(root: string): KafkaJsModules {
  const load = (path: string): unknown => require(join(root, path))
  const replace = (path: string, exports: unknown): void => {
    load(path)
    const cached = require.cache[join(root, path)] as NodeJS.Module
    const user = Object.values(require.cache).find(other => other?.children.includes(cached))
    if (user) throw new SluiceError('CLIENT_UNSUPPORTED', `${user.id} has taken ${path} before its mend`)
    cached.exports = exports
  }
  return { load, replace }
}
