import { SluiceError } from '../base/index.ts'
import type { Processor, ProcessorContext, StreamRecord } from '../topology/index.ts'
import { returned } from './control-rules.ts'
import type { StreamDefinition } from './stream-definition.ts'

/** Gives each data record the key that the option `rekey` says. */
export class RekeyProcessor implements Processor<Uint8Array | null> {
  readonly #stream: StreamDefinition
  #context!: ProcessorContext

  constructor(stream: StreamDefinition) {
    this.#stream = stream
  }

  init(context: ProcessorContext): void {
    this.#context = context
  }

  process(record: StreamRecord<Uint8Array | null>): void | Promise<void> {
    const { name, rekey } = this.#stream
    if (record.value === null)
      throw new SluiceError('RECORD_UNDECODABLE', `the data record of stream "${name}" has no value, from which its key could be made`)
    const key = rekey?.(record)
    if (key === undefined || key === null)
      throw new SluiceError('KEY_MISSING', `the option rekey of stream "${name}" returned no key for the data record`)
    if (key instanceof Promise)
      throw new SluiceError('KEY_INVALID', `the option rekey of stream "${name}" returned ${returned(key)}: it must return the key itself`)
    return this.#context.forward({ ...record, key })
  }
}
