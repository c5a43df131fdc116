import { LongCalls, type Outcome } from '../../serving/long-calls.ts'
import { RunColumns } from '../../serving/run-columns.ts'
import type { ServingModel } from '../../serving/serving-models.ts'
import { RecordCollector } from '../../topology/runtime/commit/record-collector.ts'
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
    shownBy: ({ setup: { serving } }) => serving?.mostWaiting !== undefined && serving.large > 0,
    apply: method(WaitingRecordsStore, 'undone', () => () => undefined),
  },
  {
    name: 'times-passed',
    what: 'a change that waits for a time does not come into force in the middle of a run',
    shownBy: ({ setup: { serving } }) => serving?.join === 'keyed' && serving.heavy === 0,
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
  {
    name: 'waiting-unlogged',
    what: 'offsets pass records that wait, whose rows are in no changelog',
    apply: method(
      RecordCollector,
      'send',
      before =>
        function (topic: string, ...given: unknown[]) {
          if (!topic.endsWith('-waiting-changelog')) before.call(this, topic, ...given)
        },
    ),
  },
  {
    name: 'call-of-another',
    what: 'what a long call has found of a record is taken for what another version of its model finds',
    apply: () => {
      const keys = new WeakMap<object, Map<string, string>>()
      const begun = method(
        LongCalls,
        'begin',
        before =>
          function (serving: ServingModel, ...given: unknown[]) {
            const own = keys.get(this) ?? new Map<string, string>()
            keys.set(this, own.set(serving.state.dataType, serving.key))
            return before.call(this, serving, ...given)
          },
      )()
      const found = method(
        LongCalls,
        'found',
        before =>
          function (serving: ServingModel, rows: unknown) {
            return before.call(this, { ...serving, key: keys.get(this)?.get(serving.state.dataType) ?? serving.key }, rows)
          },
      )()
      return () => [begun, found].forEach(undo => undo())
    },
  },
  {
    name: 'call-fails-all',
    what: 'a record on which a long call fails takes the others of the call with it',
    apply: method(
      LongCalls,
      'found',
      before =>
        function (...given: unknown[]) {
          const outcomes = before.call(this, ...given) as readonly (Outcome | undefined)[] | undefined
          const failed = outcomes?.find(outcome => outcome !== undefined && 'error' in outcome)
          return failed === undefined ? outcomes : outcomes?.map(() => failed)
        },
    ),
  },
  {
    name: 'columns-reused',
    what: 'the columns of a call that goes on are used for the next run',
    apply: method(RunColumns, 'leave', () => () => undefined),
  },
]
