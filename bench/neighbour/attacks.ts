import type { Attack, DataFormat } from './attack.ts'
import { doorAttacks } from './door-attacks.ts'
import { modelAttacks } from './model-attacks.ts'
import { jsonAttacks, recordAttacks } from './record-attacks.ts'

const quiet = (): Promise<void> => Promise.resolve()

/** What is done to an instance with data of each format. The first case of each is nothing. */
export const attacks: Readonly<Record<DataFormat, Readonly<Record<string, Attack>>>> = {
  protobuf: { quiet, ...recordAttacks, ...modelAttacks, ...doorAttacks },
  json: { 'quiet, data in JSON': quiet, ...jsonAttacks },
}
