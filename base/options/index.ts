/**
 * Options as data: one row for each option, from which its type, check, messages and documentation are derived. Every layer describes its own
 * options with such rows. This folder knows no particular option, reads no file or environment variable, and imports only base.
 */
export { checkedOptions, type CheckedOptions, type OptionSubject } from './checked-options.ts'
export { completeOptions, type ConfigOf, type OptionTable, type OptionsOf } from './option-table.ts'
export { derived, option, optional, type Option, type OptionDetails, required } from './option.ts'
export { defaultText, nodeAuthorities } from './default-text.ts'
export { nearestName } from './nearest-name.ts'
export { ReadMembers } from './read-members.ts'
export { refuseEqualTopics } from './refuse-equal.ts'
export { refusedValue, unknownName } from './refusal.ts'
export { shownValue } from './shown-value.ts'
export { escapedText, terminalJson } from './unsafe-signs.ts'
export { type Members, type SettingKind, type ValueKind } from './value-kind.ts'
export {
  kindOf,
  functionOf,
  hasMethods,
  isObject,
  listKind,
  mayHaveMore,
  objectOf,
  optionsWithin,
  plainCopy,
  recordOf,
} from './object-kinds.ts'
export {
  brokerAddress,
  choice,
  directory,
  file,
  flag,
  hostName,
  type HostPort,
  hostPort,
  hostPortOptions,
  integer,
  kafkaName,
  listOf,
  settingKind,
  text,
} from './setting-kinds.ts'
