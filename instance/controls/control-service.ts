import { messageOf, SluiceError } from '../../base/index.ts'
import { controlledStreamTable, type ControlTopicOptions, streamNames } from '../../control/index.ts'
import { checkedOptions, completeOptions, kindOf, optional, shownValue } from '../../base/options/index.ts'
import type { ControlService } from '../../rest/index.ts'
import type { SluiceStreams } from '../../topology/runtime/index.ts'

/** What REST needs to know of a controlled stream: the name and the topic of its controls, as in the options of `controlledStream`. */
export interface ControlServiceOptions<K, C> {
  /** The name of the stream. */
  readonly name: string
  /** The topic of its controls. */
  readonly control: ControlTopicOptions<K, C>
}

const anything = kindOf<unknown>('unknown', 'anything', () => true)

/** The options of the stream may be passed on as they are; what REST does not need is not looked at. */
const serviceTable = {
  ...Object.fromEntries(Object.keys(controlledStreamTable).map(name => [name, optional(anything, 'option of the stream')])),
  name: controlledStreamTable.name,
  control: controlledStreamTable.control,
}

/**
 * Lets the REST server of an application read and publish the controls of a controlled stream: pass it in the option `controls` of `startRestServer`.
 * The options are those of the stream itself. Throws CONFIG_INVALID for a wrong one.
 */
export function controlService<K, C>(streams: SluiceStreams, options: ControlServiceOptions<K, C>): ControlService {
  const { name, control } = completeOptions(serviceTable, checkedOptions({ of: 'controlService' }, serviceTable, options))
  const { topic, key, value, keyText } = control as ControlTopicOptions<K, C>
  const names = streamNames(name)
  const input = inputOf(streams, topic)
  const keyOf = (text: string): Uint8Array => {
    if (keyText !== undefined) return key.serialize(keyText.parse(text))
    const bytes = Buffer.from(text)
    // The application would refuse the record, and could keep no note of it.
    key.deserialize(bytes)
    return bytes
  }
  return {
    name,
    store: names.controls,
    topic,
    valueOf: json =>
      invalidUnless('the body is not a control of this stream', () => {
        const bytes: unknown = value.serialize(json as C)
        if (bytes instanceof Uint8Array) return bytes
        throw new TypeError('its serde does not write bytes for it')
      }),
    write: async (text, bytes) => {
      const keyBytes = invalidUnless(`${JSON.stringify(text)} is not a key of this stream`, () => keyOf(text))
      return input.write([{ key: Buffer.from(keyBytes), value: bytes === null ? null : Buffer.from(bytes) }])
    },
    applied: partition => input.committedOffset(partition),
  }
}

function inputOf(streams: SluiceStreams, topic: string): ReturnType<SluiceStreams['inputTopic']> {
  const allowed = 'allowed: the SluiceStreams that runs the controlled stream'
  try {
    if (typeof (streams as Partial<SluiceStreams> | undefined)?.inputTopic === 'function') return streams.inputTopic(topic)
  } catch (error) {
    // A Proxy has the method, and no private members.
    throw new SluiceError('CONFIG_INVALID', `streams cannot be used (of controlService): ${messageOf(error)}; ${allowed}`, { cause: error })
  }
  throw new SluiceError('CONFIG_INVALID', `streams ${shownValue(streams)} (of controlService) is not allowed; ${allowed}`)
}

/** Throws INPUT_INVALID with the message of what the function throws. */
function invalidUnless<T>(what: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw new SluiceError('INPUT_INVALID', `${what}: ${messageOf(error)}`, { cause: error })
  }
}
