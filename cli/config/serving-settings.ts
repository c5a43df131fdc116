import { choice, type ConfigOf, file, listOf, nodeAuthorities, type Option, text } from '../../base/options/index.ts'
import { modelServingTable } from '../../serving/options/index.ts'
import { optionalSetting, type Setting, setting, settingOf } from './setting.ts'
import { feature, httpUrl } from './value-kinds.ts'

export const dataFormats = ['protobuf', 'json', 'csv', 'registry'] as const

const features = listOf(feature, {
  allowed: 'a list of columns',
  allowedText: 'one or more field names, each with or without ":text", separated by commas',
  placeholder: 'name,name:text,…',
})

/** The settings of the data, the models and the results. */
export const servingSettingTable = {
  dataTopic: servingSettingOr('dataTopic', 'data'),
  modelsTopic: servingSettingOr('modelsTopic', 'models'),
  resultsTopic: servingSettingOr('resultsTopic', 'results'),
  store: servingSetting('store'),
  join: servingSetting('join'),
  modelRoots: servingSetting('modelRoots'),
  modelHosts: servingSetting('modelHosts'),
  codeRoots: servingSetting('codeRoots'),
  trustedKeys: servingSetting('trustedKeys'),
  eventKey: servingSetting('eventKey'),
  eventKeyPasswordFile: servingSetting('eventKeyPasswordFile'),
  maxModelBytes: servingSetting('maxModelBytes'),
  modelCacheBytes: servingSetting('modelCacheBytes'),
  modelLoadTimeoutMs: servingSetting('modelLoadTimeoutMs'),
  scoreDeadlineMs: servingSetting('scoreDeadlineMs'),
  quarantineAfter: servingSetting('quarantineAfter'),
  modelJail: servingSetting('modelJail'),
  modelWaitMs: { ...servingSetting('modelWaitMs'), option: 'bootstrapWaitMs' },
  policies: servingSetting('policies'),
  deciderRoots: servingSetting('deciderRoots'),
  'data.format': setting(
    choice(dataFormats),
    dataFormats[0],
    'format of the data records; registry: Avro, protobuf or JSON with the id of a schema of a registry',
  ),
  'data.schema': optionalSetting(file, '.proto file of the data records', { defaultText: 'WineRecord, built in' }),
  'data.message': optionalSetting(text, 'protobuf message of the data records'),
  'data.dataTypeField': setting(text, 'dataType', "field that holds a record's data type"),
  'data.features': optionalSetting(features, 'fields to score', { defaultText: 'all' }),
  'registry.url': optionalSetting(httpUrl, 'URL of the schema registry, for data.format registry'),
  'registry.username': optionalSetting(text, 'user name for the schema registry (HTTP basic authentication)'),
  'registry.password': optionalSetting(text, 'password for the schema registry', { secret: true, noFlag: true }),
  'registry.token': optionalSetting(text, 'bearer token for the schema registry', { secret: true, noFlag: true }),
  'registry.ca': optionalSetting(file, "PEM file of the certificate authorities that are trusted for the schema registry's certificate", {
    defaultText: nodeAuthorities,
  }),
} as const

type ServingConfig = ConfigOf<typeof modelServingTable>
type ServingOption = keyof ServingConfig

/** A setting for the option of model serving with the same name. */
function servingSetting<N extends ServingOption>(name: N): Setting<ServingConfig[N]> {
  return settingOf(modelServingTable[name] as Option<unknown>) as Setting<ServingConfig[N]>
}

/** Like `servingSetting`, for an option that a program must give. */
function servingSettingOr<N extends ServingOption>(name: N, value: NonNullable<ServingConfig[N]>): Setting<ServingConfig[N]> {
  return { ...servingSetting(name), default: value, required: false }
}
