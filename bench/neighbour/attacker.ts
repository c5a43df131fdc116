/** The entry module of the thread that attacks: what it does must not hold up the thread that measures. It says when it is ready; the first message begins the attack, the second ends it. */
import { parentPort, workerData } from 'node:worker_threads'
import { createKafka } from '../../topology/runtime/index.ts'
import { attacks, type Target } from './attacks.ts'

/** What the thread is told. */
export interface AttackerData {
  readonly name: string
  readonly brokers: string
  readonly target: Omit<Target, 'kafka'>
}

const { name, brokers, target } = workerData as AttackerData
const stop = new AbortController()
parentPort?.once('message', () => {
  parentPort?.once('message', () => stop.abort())
  const kafka = createKafka({ brokers: [brokers], clientId: 'attacker' })
  void attacks[name]?.({ ...target, kafka }, stop.signal).then(() => process.exit())
})
parentPort?.postMessage('ready', [])
