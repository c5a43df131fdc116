import { choice, directory, file, integer, kafkaName, listOf, text } from '../../base/options/index.ts'
import { optionalSetting, setting, streamsSetting } from './setting.ts'
import { feature, modelHost } from './value-kinds.ts'

/** How models reach the data: `keyed` by the record keys on co-partitioned topics, `broadcast` to every partition. The first is the default. */
export const joins = ['keyed', 'broadcast'] as const
export const dataFormats = ['protobuf', 'json', 'csv'] as const

const minute = 60_000
const gigabyte = 2 ** 30
const topic = kafkaName(249)

const directories = listOf(directory, {
  allowed: 'a list of directories',
  allowedText: 'one or more directories, separated by commas',
  placeholder: 'directory,…',
})
const modelHosts = listOf(modelHost, {
  allowed: 'a list of host or host:port',
  allowedText: 'one or more host or host:port, separated by commas',
  placeholder: 'host,…',
})
const features = listOf(feature, {
  allowed: 'a list of columns',
  allowedText: 'one or more field names, each with or without ":text", separated by commas',
  placeholder: 'name,name:text,…',
})

/** The settings of the data, the models and the results. */
export const servingSettingTable = {
  dataTopic: setting(topic, 'data', 'topic of the records to score'),
  modelsTopic: setting(topic, 'models', 'topic of the models'),
  resultsTopic: setting(topic, 'results', 'topic of the scores'),
  join: setting(
    choice(joins),
    joins[0],
    'how models reach the data: keyed (the key of each data record is its data type), or broadcast (every partition has all models; keys are free)',
  ),
  modelRoots: setting(directories, [], 'directories that models published by location may be read from', {
    defaultText: 'none: locations are refused',
  }),
  modelHosts: setting(modelHosts, [], 'servers that models may be downloaded from, or called on, by http: or https:', {
    defaultText: 'none: URLs are refused',
  }),
  maxModelBytes: setting(
    integer(1, 2 * gigabyte),
    2 * gigabyte,
    'largest model; a model over 64 MB must be published by location and is kept in a cache',
    {
      unit: 'bytes',
    },
  ),
  modelCacheBytes: setting(integer(0, 1024 * gigabyte), 8 * gigabyte, 'size of the cache of models over 64 MB, in stateDir/models', {
    unit: 'bytes',
  }),
  modelLoadTimeoutMs: setting(integer(100, 10 * minute), 30_000, 'longest time for loading and trying a new model', {
    unit: 'ms',
  }),
  modelWaitMs: {
    ...streamsSetting('bootstrapWaitMs'),
    meaning:
      'longest total time that records wait for a model that is being loaded or tried while no other model serves their data type; they are then answered without it',
  },
  'data.format': setting(choice(dataFormats), dataFormats[0], 'format of the data records'),
  'data.schema': optionalSetting(file, '.proto file of the data records', { defaultText: 'WineRecord, built in' }),
  'data.message': optionalSetting(text, 'protobuf message of the data records'),
  'data.dataTypeField': setting(text, 'dataType', "field that holds a record's data type"),
  'data.features': optionalSetting(features, 'fields to score', { defaultText: 'all' }),
} as const
