import { defaultText, type Option, type OptionTable } from '../../base/options/index.ts'
import { type Setting, settingRows, settings, settingTables } from '../../cli/config/index.ts'
import { controlledDataTable, controlledStreamTable, controlResultsTable, controlTopicTable } from '../../control/index.ts'
import { restOptionTable } from '../../rest/options/index.ts'
import { modelServingTable } from '../../serving/options/index.ts'
import { modelStoreTable, storePlacementTable, typedStoreTable, versionedStoreTable } from '../../stores/index.ts'
import { topicConfigTable } from '../../topology/output/index.ts'
import { listenerOptions, saslOptions, sslOptions, streamsOptionTable } from '../../topology/runtime/config/index.ts'
import { sinkTable, sourceTable, testDriverTable } from '../../topology/index.ts'
import { markdownTable } from './markdown-table.ts'

const settingHead = ['option', 'flag', 'environment', 'YAML key', 'type', 'range', 'default', 'unit', 'meaning']
const optionHead = ['option', 'type', 'range', 'default', 'unit', 'meaning']

/** The tables of docs/configuration.md, by the names of its marks. */
export const configurationTables: Readonly<Record<string, string>> = {
  'settings: application': settingTable(settingTables.application),
  'settings: kafka': settingTable(settingTables.kafka),
  'settings: serving': settingTable(settingTables.serving),
  'settings: rest': settingTable(settingTables.rest),
  SluiceStreams: optionTable(streamsOptionTable),
  'SluiceStreams: ssl': optionTable(sslOptions, 'ssl.'),
  'SluiceStreams: sasl': markdownTable(optionHead, [
    ...optionRows(saslOptions.mechanism, 'sasl.'),
    ...optionRows(saslOptions.password, 'sasl.'),
    ...optionRows(saslOptions.bearer, 'sasl.'),
    ...optionRows(saslOptions.token, 'sasl.token.'),
    ...optionRows(saslOptions.endpoint, 'sasl.token.'),
  ]),
  'SluiceStreams: listener': optionTable(listenerOptions, 'listener.'),
  source: optionTable(sourceTable),
  sink: optionTable(sinkTable),
  store: markdownTable(optionHead, [...optionRows(typedStoreTable), ...optionRows(storePlacementTable)]),
  'store: versioned': optionTable(versionedStoreTable),
  'store: models': optionTable(modelStoreTable),
  controlledStream: optionTable(controlledStreamTable),
  'controlledStream: control': optionTable(controlTopicTable, 'control.'),
  'controlledStream: data': optionTable(controlledDataTable, 'data.'),
  'controlledStream: results': optionTable(controlResultsTable, 'results.'),
  servingOptions: optionTable(modelServingTable),
  startRestServer: optionTable(restOptionTable),
  TopologyTestDriver: optionTable(testDriverTable),
  'TopologyTestDriver: topicConfigs': optionTable(topicConfigTable),
}

function settingTable(table: Parameters<typeof settingRows>[0]): string {
  const rows = settingRows(table).map(({ name, option, flag, env, type, allowed, default: fallback, unit, meaning }) => [
    code(option),
    code(flag),
    env.split(', ').map(code).join(', '),
    code(name),
    code(type),
    allowed,
    (settings[name] as Setting<unknown>).defaultText === undefined ? code(fallback) : fallback,
    unit,
    meaning,
  ])
  return markdownTable(settingHead, rows)
}

function optionTable(table: OptionTable, prefix?: string): string {
  return markdownTable(optionHead, optionRows(table, prefix))
}

function optionRows(table: OptionTable, prefix = ''): readonly (readonly string[])[] {
  return Object.entries(table).map(([name, row]) => [
    code(prefix + name),
    code(row.kind.type),
    row.kind.allowed,
    fallback(row),
    row.unit ?? '',
    row.meaning,
  ])
}

function fallback(row: Option<unknown>): string {
  if (row.required === true) return '**required**'
  return row.defaultText === undefined ? code(defaultText(row)) : row.defaultText
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``
}
