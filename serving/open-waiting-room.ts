import type { KeptModels, WaitingRecordsStore } from '../stores/index.ts'
import type { ProcessorContext } from '../topology/index.ts'
import { pendingModelOver } from './pending-models.ts'
import { type ServingOptions, waitingStoreName } from './serving-options.ts'
import type { RecordScoring } from './record-scoring.ts'
import type { ServingModels } from './serving-models.ts'
import type { SpeculativeData } from './speculative-data.ts'
import { type ModelWait, WaitingRoom, type WaitingRoomParts } from './waiting-room.ts'

interface Parts extends Pick<WaitingRoomParts, 'answer'> {
  readonly options: ServingOptions
  readonly context: ProcessorContext<Uint8Array | null, Uint8Array>
  readonly store: KeptModels
  readonly models: ServingModels
  readonly decisions: SpeculativeData | undefined
  readonly scoring: RecordScoring
}

/** The waiting room of a task, and what its data types wait for. */
export function openWaitingRoom(parts: Parts): WaitingRoom {
  const { options, context, answer } = parts
  return new WaitingRoom({
    store: context.getStateStore<WaitingRecordsStore>(waitingStoreName(options)),
    context,
    topic: options.dataTopic,
    waitOf: dataType => currentWait(dataType, parts),
    unreadable: ({ value }) => value !== null && options.reader.pending?.(value) !== undefined,
    answer,
  })
}

/** Calls that take long, models that are being loaded or, while there is none, the one that is being tried. */
function currentWait(dataType: string, { decisions, models, store, scoring }: Parts): ModelWait | undefined {
  const races = decisions?.decides(dataType) === true
  const ready = races ? decisions.ready(dataType) : models.ready(dataType)
  if (ready instanceof Promise) return { over: ready, accepted: true }
  if (!ready) {
    const over = pendingModelOver(store, dataType)
    return over && { over, accepted: false }
  }
  const calls = races ? undefined : scoring.over(dataType)
  return calls && { over: calls, accepted: true, inVain: () => scoring.over(dataType) === undefined }
}
