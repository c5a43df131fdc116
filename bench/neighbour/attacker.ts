/** The entry module of the thread that attacks: what it does must not hold up the thread that measures. It says when it is ready; the first message begins the attack, the second ends it. */
import { parentPort, workerData } from 'node:worker_threads'
import { createKafka } from '../../topology/runtime/index.ts'
import type { DataFormat, Target } from './attack.ts'
import { attacks } from './attacks.ts'

/** What the thread is told. */
export interface AttackerData {
  readonly format: DataFormat
  readonly name: string
  readonly brokers: string
  readonly target: Omit<Target, 'kafka'>
}

const { format, name, brokers, target } = workerData as AttackerData
const stop = new AbortController()
parentPort?.once('message', () => {
  parentPort?.once('message', () => stop.abort())
  const kafka = createKafka({ brokers: [brokers], clientId: 'attacker' })
  void attacks[format][name]?.({ ...target, kafka }, stop.signal).then(() => process.exit())
})
parentPort?.postMessage('ready', [])
