import { SluiceError } from '../base/index.ts'
import { bytesSerde, jsonSerde, stringSerde } from '../records/index.ts'
import { keyValueStore } from '../stores/index.ts'
import { isTopology, Topology } from '../topology/index.ts'
import { ControlProcessor } from './control-processor.ts'
import { controlStateSerde } from './control-state.ts'
import { ControlledData } from './controlled-data.ts'
import type { ControlledStreamOptions } from './controlled-stream-options.ts'
import { timeSerde } from './data-clock.ts'
import { emittedSerde } from './emitted-outputs.ts'
import { RekeyProcessor } from './rekey-processor.ts'
import { streamDefinition, type StreamDefinition } from './stream-definition.ts'

/**
 * The topology of a dynamically controlled stream: a slow control stream steers a fast data stream. Start reading here.
 *
 *     controls ─▶ <name>-control ─┐
 *                        <name>-controls ─▶ changelog
 *     data ─────▶ <name>-data ────┘
 *                   │  └─ <name>-memory ─▶ changelog
 *                   └─▶ results
 *
 * A record of the control topic becomes the control of its key, unless a rule refuses it; one without a value withdraws it. A record of the data topic is
 * answered by `onData` with the control that is in force for it, and with what the stream remembers of its key.
 *
 * `join: 'keyed'`: data and controls meet by their keys in one task; both topics have the same number of partitions. `join: 'broadcast'`: each instance
 * follows all controls, and any data record may be steered by any of them; an accepted control is in force on an instance once it has been committed and read.
 *
 * Throws TOPOLOGY_INVALID for an option that is unknown, missing or not allowed.
 */
export function controlledStream<C, D, R, M = never, K = string, DK = K, F extends C | undefined = undefined>(
  options: ControlledStreamOptions<C, D, R, M, K, DK, F>,
): Topology {
  return addControlledStream(new Topology(), options)
}

/** Adds a controlled stream to a topology, as `controlledStream` describes it. Returns the topology. Throws TOPOLOGY_INVALID. */
export function addControlledStream<C, D, R, M = never, K = string, DK = K, F extends C | undefined = undefined>(
  topology: Topology,
  options: ControlledStreamOptions<C, D, R, M, K, DK, F>,
): Topology {
  if (!isTopology(topology, 'TOPOLOGY_INVALID'))
    throw new SluiceError('TOPOLOGY_INVALID', 'addControlledStream needs a Topology to add the stream to')
  const stream = streamDefinition(options)
  addControls(topology, stream)
  addData(topology, stream)
  return topology
}

function addControls(topology: Topology, stream: StreamDefinition): void {
  const { names, control, join, events } = stream
  const bytes = { key: bytesSerde, value: bytesSerde }
  topology
    .addSource(names.controlSource, control.topic, { ...bytes, bootstrap: control.bootstrap })
    .addProcessor(names.control, () => new ControlProcessor(stream), names.controlSource)
  const { key, keyText } = control
  const controls = keyValueStore({ name: names.controls, key, keyText, value: controlStateSerde(control.value) })
  topology.addStateStore(controls, names.control)
  if (control.move) topology.addSink(names.moved, control.topic, bytes, names.control)
  if (events !== undefined) topology.addSink(names.events, events, { key: bytesSerde, value: jsonSerde() }, names.control)
  if (join === 'broadcast') topology.addGlobalStore(names.controls, names.data)
}

function addData(topology: Topology, stream: StreamDefinition): void {
  const { names, data, results, join, events, memory, effectiveFrom, emitOnChange } = stream
  const { key, value, keyText } = data
  if (stream.rekey === undefined) topology.addSource(names.dataSource, data.topic, { key, value })
  else
    topology
      .addSource(names.dataSource, data.topic, { key: bytesSerde, value })
      .addProcessor(names.rekey, () => new RekeyProcessor(stream), names.dataSource)
      .addRepartition(names.rekeyed, { key, value }, names.rekey)
  topology
    .addProcessor(names.data, () => new ControlledData(stream), stream.rekey === undefined ? names.dataSource : names.rekeyed)
    .addSink(names.results, results.topic, { key: results.key, value: results.value }, names.data)
  if (memory !== undefined) topology.addStateStore(keyValueStore({ name: names.memory, key, keyText, value: memory }), names.data)
  if (emitOnChange)
    topology.addStateStore(keyValueStore({ name: names.emitted, key, keyText, value: emittedSerde(results.value) }), names.data)
  if (effectiveFrom !== undefined)
    topology.addStateStore(keyValueStore({ name: names.clock, key: stringSerde, value: timeSerde }), names.data)
  if (join === 'broadcast') return
  topology.connectProcessorAndStateStores(names.data, names.controls)
  if (effectiveFrom !== undefined) topology.connectProcessorAndStateStores(names.control, names.clock)
  if (events !== undefined && effectiveFrom !== undefined)
    topology.addSink(names.dataEvents, events, { key: bytesSerde, value: jsonSerde() }, names.data)
}
