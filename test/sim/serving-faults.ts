import { WaitingRecordsStore } from '../../stores/index.ts'
import { EffectivePositions } from '../../serving/effective-positions.ts'
import { TimedPolicies } from '../../serving/timed-policies.ts'
import { method, type Sabotage } from './sabotage-doors.ts'

/** Faults that the serving of models could have. */
export const servingFaults: readonly Sabotage[] = [
  {
    name: 'waiting-unknown',
    what: 'records that wait for a model are not known after a restore',
    apply: method(WaitingRecordsStore, 'restored', () => () => undefined),
  },
  {
    name: 'waiting-overtaken',
    what: 'records do not wait behind those of their data type that wait',
    apply: method(WaitingRecordsStore, 'has', () => () => false),
  },
  {
    name: 'waiting-kept',
    what: 'writes of waiting records that were undone are still known',
    apply: method(WaitingRecordsStore, 'undone', () => () => undefined),
  },
  {
    name: 'times-passed',
    what: 'a change that waits for a time does not come into force in the middle of a run',
    apply: method(
      TimedPolicies,
      'next',
      before =>
        function (dataType: string, rows: readonly unknown[], from: number) {
          return from === 0 && before.call(this, dataType, rows, from) === 0 ? 0 : rows.length
        },
    ),
  },
  {
    name: 'positions-untold',
    what: 'where a policy takes effect is not noted',
    apply: method(EffectivePositions, 'reach', () => () => undefined),
  },
]
