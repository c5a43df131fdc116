import { asBuffer } from '../../records/index.ts'
import { afterPrefix } from '../byte-key.ts'
import type { TransactionBuffer } from '../rows/index.ts'
import type { ModelState } from './model-rows.ts'
import { type ModelRouting, modelRoutingSerde, type RecordPlace } from './model-routing.ts'
import type { PolicyPosition } from './policy-positions.ts'
import { parseModelRowKey, policyKey } from './row-keys.ts'

/** The policies of all data types, for ever: a row each. */
export class ModelPolicies {
  readonly #buffer: TransactionBuffer

  constructor(buffer: TransactionBuffer) {
    this.#buffer = buffer
  }

  put(dataType: string, routing: ModelRouting): void {
    this.#buffer.put(policyKey(dataType, routing.number), modelRoutingSerde.serialize(routing))
  }

  /** The policy of that number, the running transaction included; undefined: there is none. */
  get(dataType: string, number: number): ModelRouting | undefined {
    const row = this.#buffer.get(policyKey(dataType, number))
    return row === undefined ? undefined : modelRoutingSerde.deserialize(row)
  }

  /** Notes where the policy took effect. Returns it; undefined: that was noted before, or it is unknown. */
  tookEffect(dataType: string, number: number, position: RecordPlace, now: number): ModelRouting | undefined {
    const before = this.get(dataType, number)
    if (before === undefined || before.position !== undefined) return undefined
    const routing: ModelRouting = { ...before, position, effectiveAt: now }
    this.put(dataType, routing)
    return routing
  }

  /** Where those of a data type took effect. */
  async positions(dataType: string): Promise<readonly PolicyPosition[]> {
    return (await this.all(dataType)).flatMap(({ number, position, effectiveAt = 0 }) =>
      position === undefined ? [] : [{ policy: number, ...position, at: effectiveAt }],
    )
  }

  /** The number of the next policy. A state that an older build of Sluice wrote since does not know how many there were. */
  next({ dataType, policies = 0 }: ModelState): number {
    let next = policies + 1
    while (this.#buffer.get(policyKey(dataType, next)) !== undefined) next++
    return next
  }

  /** All of a data type, the oldest first, the running transaction included. */
  async all(dataType: string): Promise<readonly ModelRouting[]> {
    const from = policyKey(dataType)
    const found: ModelRouting[] = []
    for await (const [key, value] of this.#buffer.range(from, afterPrefix(from))) {
      // The name of another data type may begin with this name and a slash.
      const name = parseModelRowKey(asBuffer(key))
      if (name?.kind === 'policy' && name.dataType === dataType) found.push(modelRoutingSerde.deserialize(value))
    }
    return found
  }
}
