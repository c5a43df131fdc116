import {
  choice,
  flag,
  functionOf,
  hasMethods,
  isObject,
  kafkaName,
  kindOf,
  objectOf,
  option,
  optional,
  optionsWithin,
  recordOf,
  required,
} from '../base/options/index.ts'
import type { KeyText } from '../stores/index.ts'
import type { AnySerde } from '../topology/index.ts'
import type { ControlRule, ControlSchema } from './control-rules.ts'

// Options of all types pass through this table: the generated interfaces say which.
/* oxlint-disable typescript/no-explicit-any */

const topic = kafkaName(249)
const serde = (type: string) => objectOf<AnySerde>(type, ['serialize', 'deserialize'])
const keyText = (type: string, of: string) =>
  optional(objectOf<KeyText<any>>(type, ['parse', 'format']), `text form of the ${of} in REST`, { defaultText: "the key's bytes as UTF-8" })
type AnyFunction = (...parts: any[]) => any

/** How controls reach the data. The first is the default. */
const controlJoins = ['keyed', 'broadcast'] as const

export const controlTopicTable = {
  topic: required(topic, 'topic of the controls'),
  key: required(serde('Serde<K>'), 'serde of the keys of controls'),
  value: required(serde('Serde<C>'), 'serde of the controls'),
  keyText: keyText('KeyText<K>', 'keys'),
  bootstrap: option(
    flag,
    true,
    'whether a task that starts reads the controls to their end before its first data record; false: controls and data are merged by their timestamps',
  ),
  move: option(
    flag,
    false,
    'whether a control that is not on the partition of its key is written again to that partition and applied only there; false: it is applied where it is, and counted. With the broadcast join it always is',
  ),
} as const

export const controlledDataTable = {
  topic: required(topic, 'topic of the data'),
  key: optional(serde('Serde<DK>'), 'serde of the keys of data; with rekey: of the new keys', { defaultText: 'that of the controls' }),
  value: required(serde('Serde<D>'), 'serde of the data'),
  keyText: keyText('KeyText<DK>', 'keys of the memory'),
} as const

export const controlResultsTable = {
  topic: required(topic, 'topic of the outputs; each has the key of its data record'),
  key: optional(serde('Serde<DK>'), 'serde of the keys of outputs', { defaultText: 'that of the data' }),
  value: required(serde('Serde<R>'), 'serde of the outputs'),
} as const

const schema = kindOf<ControlSchema<any>>(
  'ControlSchema<NoInfer<C>>',
  'a schema with the property ~standard, as Zod, Valibot and ArkType make them',
  value =>
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as Partial<ControlSchema<unknown>>)['~standard']?.validate === 'function',
)

const ofFunctions = recordOf<ControlRule<any>>(
  'Readonly<Record<string, ControlRule<NoInfer<C>>>>',
  'an object of functions by the names of the rules',
  rule => typeof rule === 'function',
)

/** Methods of a class are no members of its instance: none of them would be applied. */
const rules: typeof ofFunctions = {
  ...ofFunctions,
  copy: value => (isObject(value) && hasMethods(value) ? undefined : ofFunctions.copy?.(value)),
}

/** The options of `controlledStream`. Its interface, its checks and docs/configuration.md come from here; after a change run `npm run options`. */
export const controlledStreamTable = {
  name: required(kafkaName(150), 'name of the stream; its nodes and stores have it as a prefix'),
  control: required(optionsWithin<any>('ControlTopicOptions<K, C>', controlTopicTable), 'topic of the controls'),
  data: required(optionsWithin<any>('ControlledDataOptions<DK, D>', controlledDataTable), 'topic of the data'),
  results: required(optionsWithin<any>('ControlResultsOptions<NoInfer<DK>, R>', controlResultsTable), 'topic of the outputs'),
  onData: required(
    functionOf<AnyFunction>('OnData<NoInfer<DK>, NoInfer<D>, NoInfer<C> | NoControl<F>, M, NoInfer<R>>'),
    'makes the outputs of a data record with the control that is in force for it',
  ),
  join: option(
    choice(controlJoins),
    controlJoins[0],
    'how controls reach the data: keyed (data and controls have the same keys on topics with the same number of partitions), or broadcast (each instance has all controls, and keys of data are free)',
  ),
  default: optional(
    kindOf<any>('F', 'a control', value => value !== undefined),
    'control of keys that have none',
    { defaultText: 'none: onData gets undefined' },
  ),
  memory: optional(serde('Serde<M>'), 'serde of what onData remembers of each key of the data', { defaultText: 'none' }),
  schema: optional(schema, 'schema of the controls; a control that does not conform is refused', { defaultText: 'none' }),
  rules: option(rules, {}, 'further rules of the controls; a control that breaks one is refused', { defaultText: 'none' }),
  onControl: optional(
    functionOf<AnyFunction>('OnControl<NoInfer<K>, NoInfer<C>>'),
    'makes the next control of a key from a new control and the one that it replaces, or refuses it',
    { defaultText: 'the new control as it is' },
  ),
  effectiveFrom: optional(
    functionOf<AnyFunction>('(control: NoInfer<C>) => number | undefined'),
    'event time, ms since the epoch, from which a control is in force; undefined: at once',
    { defaultText: 'at once' },
  ),
  emitOnChange: option(flag, false, 'whether an output that is the same as the last one of its key is left out'),
  rekey: optional(
    functionOf<AnyFunction>('(record: StreamRecord<Uint8Array | null, NoInfer<D>>) => DK'),
    'key of a data record, which then comes through an internal topic, on the partition of that key',
    { defaultText: "the record's own key" },
  ),
  controlKey: optional(
    functionOf<AnyFunction>('(record: StreamRecord<NoInfer<DK>, NoInfer<D>>) => NoInfer<K>'),
    'key of the control that steers a data record, with the broadcast join only',
    { defaultText: "the record's key" },
  ),
  events: optional(topic, 'topic of the events of the controls, as JSON: accepted, refused, withdrawn, effective, moved', {
    defaultText: 'none: the log has them',
  }),
} as const
