// Settings from flags, environment variables and YAML, resolved once.
// Each setting is one row of a table; rows of library options are reused.
// Not here: the meaning of a setting.
export {
  type ClientConfig,
  type DataConfig,
  type RestConfig,
  type ServeConfig,
  processSources,
  resolveClientConfig,
  resolveConfig,
  resolveRestConfig,
} from './config.ts'
export { dataReader } from './data-reader.ts'
export { type ConfigSources, resolveSettings } from './resolve-settings.ts'
export {
  type Setting,
  type SettingName,
  envOf,
  guarantees,
  kafkaSettings,
  restSettings,
  serveSettings,
  settingOptions,
  settingRows,
  settingTables,
  settings,
} from './settings.ts'
export { streamsOptions } from './streams-options.ts'
