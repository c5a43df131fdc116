import type { Explanation } from '../explain/index.ts'
import type { Output } from '../output.ts'
import { resultOf, timeOf } from './result-view.ts'

type View = Readonly<Record<string, unknown>>

/** An explanation for JSON. What is absent is not known, or does not apply. */
export function explanationJson(explanation: Explanation): View {
  const { outcome, dataType, deadLetter, position, events, again } = explanation
  const [result, ...others] = resultsOf(explanation)
  return {
    outcome,
    dataType,
    input: inputOf(explanation),
    ...(result === undefined ? {} : { result }),
    ...(others.length === 0 ? {} : { others }),
    ...(deadLetter === undefined ? {} : { deadLetter }),
    ...(explanation.model === undefined ? {} : { model: modelOf(explanation.model) }),
    ...(explanation.policy === undefined ? {} : { policy: policyOf(explanation.policy) }),
    ...(position === undefined ? {} : { position }),
    events,
    ...(explanation.strayEvents === 0 ? {} : { strayEvents: explanation.strayEvents }),
    again,
  }
}

/** Prints an explanation as tables. */
export async function printExplanation(output: Output, explanation: Explanation): Promise<void> {
  const { again, deadLetter, events, model, outcome, policy, position } = explanation
  const section = async (title: string, value: View | undefined): Promise<void> => {
    if (value === undefined) return
    await output.line(title)
    await output.fields(withTimes(value))
  }
  const { fields, ...input } = inputOf(explanation)
  await section('input', { ...input, ...(fields as View | undefined) })
  await section('outcome', { outcome, ...deadLetter })
  for (const result of resultsOf(explanation)) await section('result', result)
  await section('model', model && modelOf(model))
  await section('policy', policy && { ...policyOf(policy), ...(position === undefined ? {} : { 'took effect': placeText(position) }) })
  if (events.length > 0) {
    await output.line('events')
    await output.rows(
      ['sequence', 'at', 'event', 'version', 'policy', 'champion', 'position', 'record', 'who', 'why'],
      events.map(event => ({
        ...event,
        at: timeOf(event.at),
        record: event.record && placeText(event.record),
        position: event.position && placeText(event.position),
      })),
    )
  }
  if (explanation.strayEvents > 0)
    await output.line(`${explanation.strayEvents} records of the events topic are no events of the data type`)
  if (again.length === 0) return
  await output.line('scored again')
  const rows = again.map(each => ('notScored' in each ? { ...each, equal: `not scored: ${each.notScored}` } : { ...each }))
  await output.rows(['version', 'status', 'score', 'label', 'equal', 'alone'], rows)
}

function inputOf({ input: { topic, partition, offset, record } }: Explanation): View {
  return { topic, partition, offset, ...(record === undefined ? { missing: 'the record is not in the topic any more' } : record) }
}

function resultsOf({ results }: Explanation): readonly View[] {
  return results.map(({ record }) => ({ topic: record.topic, ...resultOf(record) }))
}

function modelOf({ hash, ...model }: Explanation['model'] & object): View {
  return { ...model, hash: Buffer.from(hash).toString('hex') }
}

/** The policy with the place of its record under a name of its own. */
function policyOf({ partition, offset, ...policy }: Explanation['policy'] & object): View {
  const { position: _, effectiveAt, ...shown } = policy
  return { ...shown, ...(effectiveAt === undefined ? {} : { effectiveAt }), record: { partition, offset } }
}

function placeText({ partition, offset }: { readonly partition: number; readonly offset: number }): string {
  return `${partition}@${offset}`
}

const times = ['timestamp', 'since', 'created', 'retired', 'acceptedAt', 'effectiveFrom']

function withTimes(value: View): View {
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, times.includes(name) && typeof field === 'number' ? timeOf(field) : field]),
  )
}
