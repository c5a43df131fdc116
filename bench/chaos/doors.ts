/**
 * Preloaded into an instance, and into each of its threads: doors by which a run makes what the outside cannot make fail. A file says which door is open, and
 * until when; all others are shut, and everything is as without them.
 */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { SluiceError } from '../../base/index.ts'
import { LevelRows } from '../../stores/rows/index.ts'
import { mendedModule } from '../../topology/runtime/kafka/kafkajs-mends/index.ts'
import { apiKeys } from './network/index.ts'
import { doorVariable } from './door-variable.ts'

type Door = 'send-fail' | 'store-fail' | 'disk-slow'
type Sent = (this: object, request: { readonly request: { readonly apiKey: number } }) => Promise<unknown>

const lookEveryMs = 100
const slowMs = 400
const file = process.env[doorVariable]
let open: { readonly door: Door; readonly until: number } | undefined

if (file !== undefined) {
  setInterval(look, lookEveryMs).unref()
  storeDoor()
  sendDoor()
}

function look(): void {
  try {
    open = JSON.parse(readFileSync(file as string, 'utf8')) as typeof open
  } catch {
    open = undefined
  }
}

function isOpen(door: Door): boolean {
  return open?.door === door && Date.now() < open.until
}

function chance(share: number): boolean {
  return Math.random() < share
}

/** A disk that fails, before it has written or after; or that takes its time, and keeps the order. */
function storeDoor(): void {
  const prototype: { write: (this: LevelRows, ...given: Parameters<LevelRows['write']>) => Promise<void> } = LevelRows.prototype
  const { write } = prototype
  const before = new WeakMap<LevelRows, Promise<unknown>>()
  prototype.write = function (...given) {
    const waited = isOpen('disk-slow') ? Promise.all([before.get(this), sleep(slowMs)]) : before.get(this)
    const fails = isOpen('store-fail') && chance(0.5)
    const failure = (): Promise<never> => Promise.reject(new SluiceError('STORE_FAILED', 'the disk of the run fails'))
    if (waited === undefined && !fails) return write.apply(this, given)
    const made = (async () => {
      await waited
      if (fails && chance(0.5)) return failure()
      await write.apply(this, given)
      return fails ? failure() : undefined
    })()
    const last = made.catch(() => undefined).finally(() => before.get(this) === last && before.delete(this))
    before.set(this, last)
    return made
  }
}

/** Answers of a broker that did not take records, or says so after it has. */
const notTaken = { NOT_LEADER_OR_FOLLOWER: 6, NOT_ENOUGH_REPLICAS: 19, KAFKA_STORAGE_ERROR: 56 } as const
const taken = { REQUEST_TIMED_OUT: 7, NOT_ENOUGH_REPLICAS_AFTER_APPEND: 20 } as const

function sendDoor(): void {
  const { prototype } = mendedModule('src/network/connection.js') as { readonly prototype: { send: Sent } }
  const { createErrorFromCode } = mendedModule('src/protocol/error.js') as { readonly createErrorFromCode: (code: number) => Error }
  const { send } = prototype
  prototype.send = async function (given) {
    if (given.request.apiKey !== apiKeys.Produce || !isOpen('send-fail') || chance(0.5)) return send.call(this, given)
    const codes = Object.values<number>(chance(0.5) ? notTaken : taken)
    const code = codes[Math.floor(Math.random() * codes.length)] as number
    if (Object.values<number>(taken).includes(code)) await send.call(this, given)
    throw createErrorFromCode(code)
  }
}
