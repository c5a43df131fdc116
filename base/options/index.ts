/**
 * Options as data: one row for each option, from which its type, check, messages and documentation are derived. Every layer describes its own
 * options with such rows. This folder knows no particular option, reads no file or environment variable, and imports only base.
 */
export { checkOptions, type OptionSubject } from './check-options.ts'
export { completeOptions, type ConfigOf, type OptionTable, type OptionsOf } from './option-table.ts'
export { derived, option, optional, type Option, type OptionDetails, required } from './option.ts'
export { defaultText, nodeAuthorities } from './default-text.ts'
export { nearestName } from './nearest-name.ts'
export { refusedValue, unknownName } from './refusal.ts'
export { shownValue } from './shown-value.ts'
export { type SettingKind, type ValueKind } from './value-kind.ts'
export { kindOf, functionOf, isObject, mayHaveMore, objectOf, optionsWithin, recordOf } from './object-kinds.ts'
export {
  brokerAddress,
  choice,
  directory,
  file,
  flag,
  type HostPort,
  hostPort,
  hostPortOptions,
  integer,
  kafkaName,
  listOf,
  settingKind,
  text,
} from './setting-kinds.ts'
