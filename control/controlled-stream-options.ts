// Written from ./control-option-table.ts by scripts/generate-options.ts: change it there, then run `npm run options`.
import type { Serde } from '../records/index.ts'
import type { KeyText } from '../stores/index.ts'
import type { StreamRecord } from '../topology/index.ts'
import type { ControlRule, ControlSchema, OnControl } from './control-rules.ts'
import type { NoControl, OnData } from './on-data.ts'

/** The options of `controlledStream`. Controls C with keys K steer data D with keys DK; results are R, a key remembers M, and F is the default control. */
export interface ControlledStreamOptions<C, D, R, M = never, K = string, DK = K, F extends C | undefined = undefined> {
  /**
   * Name of the stream; its nodes and stores have it as a prefix.
   *
   * Allowed: 1 to 150 of the characters a-z A-Z 0-9 . _ - (but not "." or "..").
   */
  readonly name: string
  /**
   * Topic of the controls.
   *
   * Allowed: an object of topic, key, value, keyText, bootstrap, move.
   */
  readonly control: ControlTopicOptions<K, C>
  /**
   * Topic of the data.
   *
   * Allowed: an object of topic, key, value, keyText.
   */
  readonly data: ControlledDataOptions<DK, D>
  /**
   * Topic of the outputs.
   *
   * Allowed: an object of topic, key, value.
   */
  readonly results: ControlResultsOptions<NoInfer<DK>, R>
  /**
   * Makes the outputs of a data record with the control that is in force for it.
   *
   * Allowed: a function.
   */
  readonly onData: OnData<NoInfer<DK>, NoInfer<D>, NoInfer<C> | NoControl<F>, M, NoInfer<R>>
  /**
   * How controls reach the data: keyed (data and controls have the same keys on topics with the same number of partitions), or broadcast (each instance has all controls, and keys of data are free).
   *
   * Allowed: keyed | broadcast.
   *
   * @defaultValue `keyed`
   */
  readonly join?: 'keyed' | 'broadcast' | undefined
  /**
   * Control of keys that have none.
   *
   * Allowed: a control.
   *
   * @defaultValue none: onData gets undefined
   */
  readonly default?: F | undefined
  /**
   * Serde of what onData remembers of each key of the data.
   *
   * Allowed: an object with the functions serialize and deserialize.
   *
   * @defaultValue none
   */
  readonly memory?: Serde<M> | undefined
  /**
   * Schema of the controls; a control that does not conform is refused.
   *
   * Allowed: a schema with the property ~standard, as Zod, Valibot and ArkType make them.
   *
   * @defaultValue none
   */
  readonly schema?: ControlSchema<NoInfer<C>> | undefined
  /**
   * Further rules of the controls; a control that breaks one is refused.
   *
   * Allowed: an object of functions by the names of the rules.
   *
   * @defaultValue none
   */
  readonly rules?: Readonly<Record<string, ControlRule<NoInfer<C>>>> | undefined
  /**
   * Makes the next control of a key from a new control and the one that it replaces, or refuses it.
   *
   * Allowed: a function.
   *
   * @defaultValue the new control as it is
   */
  readonly onControl?: OnControl<NoInfer<K>, NoInfer<C>> | undefined
  /**
   * Event time, ms since the epoch, from which a control is in force; undefined: at once.
   *
   * Allowed: a function.
   *
   * @defaultValue at once
   */
  readonly effectiveFrom?: ((control: NoInfer<C>) => number | undefined) | undefined
  /**
   * Whether an output that is the same as the last one of its key is left out.
   *
   * Allowed: true or false.
   *
   * @defaultValue `false`
   */
  readonly emitOnChange?: boolean | undefined
  /**
   * Key of a data record, which then comes through an internal topic, on the partition of that key.
   *
   * Allowed: a function.
   *
   * @defaultValue the record's own key
   */
  readonly rekey?: ((record: StreamRecord<Uint8Array | null, NoInfer<D>>) => DK) | undefined
  /**
   * Key of the control that steers a data record, with the broadcast join only.
   *
   * Allowed: a function.
   *
   * @defaultValue the record's key
   */
  readonly controlKey?: ((record: StreamRecord<NoInfer<DK>, NoInfer<D>>) => NoInfer<K>) | undefined
  /**
   * Topic of the events of the controls, as JSON: accepted, refused, withdrawn, effective, moved.
   *
   * Allowed: 1 to 249 of the characters a-z A-Z 0-9 . _ - (but not "." or "..").
   *
   * @defaultValue none: the log has them
   */
  readonly events?: string | undefined
}

/** The topic of the controls. */
export interface ControlTopicOptions<K, C> {
  /**
   * Topic of the controls.
   *
   * Allowed: 1 to 249 of the characters a-z A-Z 0-9 . _ - (but not "." or "..").
   */
  readonly topic: string
  /**
   * Serde of the keys of controls.
   *
   * Allowed: an object with the functions serialize and deserialize.
   */
  readonly key: Serde<K>
  /**
   * Serde of the controls.
   *
   * Allowed: an object with the functions serialize and deserialize.
   */
  readonly value: Serde<C>
  /**
   * Text form of the keys in REST.
   *
   * Allowed: an object with the functions parse and format.
   *
   * @defaultValue the key's bytes as UTF-8
   */
  readonly keyText?: KeyText<K> | undefined
  /**
   * Whether a task that starts reads the controls to their end before its first data record; false: controls and data are merged by their timestamps.
   *
   * Allowed: true or false.
   *
   * @defaultValue `true`
   */
  readonly bootstrap?: boolean | undefined
  /**
   * Whether a control that is not on the partition of its key is written again to that partition and applied only there; false: it is applied where it is, and counted. With the broadcast join it always is.
   *
   * Allowed: true or false.
   *
   * @defaultValue `false`
   */
  readonly move?: boolean | undefined
}

/** The topic of the data. */
export interface ControlledDataOptions<DK, D> {
  /**
   * Topic of the data.
   *
   * Allowed: 1 to 249 of the characters a-z A-Z 0-9 . _ - (but not "." or "..").
   */
  readonly topic: string
  /**
   * Serde of the keys of data; with rekey: of the new keys.
   *
   * Allowed: an object with the functions serialize and deserialize.
   *
   * @defaultValue that of the controls
   */
  readonly key?: Serde<DK> | undefined
  /**
   * Serde of the data.
   *
   * Allowed: an object with the functions serialize and deserialize.
   */
  readonly value: Serde<D>
  /**
   * Text form of the keys of the memory in REST.
   *
   * Allowed: an object with the functions parse and format.
   *
   * @defaultValue the key's bytes as UTF-8
   */
  readonly keyText?: KeyText<DK> | undefined
}

/** The topic of the outputs. */
export interface ControlResultsOptions<DK, R> {
  /**
   * Topic of the outputs; each has the key of its data record.
   *
   * Allowed: 1 to 249 of the characters a-z A-Z 0-9 . _ - (but not "." or "..").
   */
  readonly topic: string
  /**
   * Serde of the keys of outputs.
   *
   * Allowed: an object with the functions serialize and deserialize.
   *
   * @defaultValue that of the data
   */
  readonly key?: Serde<DK> | undefined
  /**
   * Serde of the outputs.
   *
   * Allowed: an object with the functions serialize and deserialize.
   */
  readonly value: Serde<R>
}
