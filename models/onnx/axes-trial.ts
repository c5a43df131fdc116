import type { Tensor } from 'onnxruntime-node'
import { ColumnBatch, type ColumnSpec } from '../../records/index.ts'
import { SluiceError } from '../../base/index.ts'
import type { FeatureMapping } from '../feature-mapping.ts'
import { recordsFirst } from './move-records.ts'
import { OnnxInputs } from './onnx-inputs.ts'
import type { OnnxSession, Results, TensorInfo } from './onnx-session.ts'
import type { RecordAxes, RecordPlan } from './flow/index.ts'
import { alike } from './row-check.ts'

/** Which dimension counts the records in each input and output. */
export interface FoundAxes {
  readonly inputs: RecordAxes
  /** By output; undefined: unknown, so records are scored one by one. */
  readonly outputs: RecordAxes | undefined
}

/** The sizes that are tried for a record's open dimensions, such as its number of steps. */
const lengths = [4, 2, 8, 1, 16]
const rows = 3
const none: RecordAxes = new Map()

/**
 * Finds the dimension that counts the records by runs on made-up records: the one along which the outputs grow and each record has the same
 * result as alone. Throws SluiceError MODEL_LOAD_FAILED if none of the possible dimensions is.
 */
export async function findAxes(
  session: OnnxSession,
  { infos, outputs, plan }: { infos: readonly TensorInfo[]; outputs: readonly string[]; plan: RecordPlan },
): Promise<FoundAxes> {
  const [likeliest = none, ...others] = plan.axes
  if (others.length === 0 && likeliest.size === 0) return { inputs: none, outputs: none }
  const tried: { readonly axes: RecordAxes; readonly outcome: Outcome | undefined }[] = []
  for (const axes of plan.axes) {
    const outcome = await trialOf(session, infos, outputs, axes)
    if (outcome?.apart === true) {
      const usualGrew = tried.some(each => each.axes.size === 0 && each.outcome?.outputs !== undefined)
      if (!usualGrew) return { inputs: axes, outputs: outcome.outputs }
    }
    tried.push({ axes, outcome })
  }
  const ran = tried.find(({ outcome }) => outcome !== undefined)
  if (others.length === 0) return { inputs: likeliest, outputs: ran?.outcome?.outputs }
  const usual = tried.find(({ axes }) => axes.size === 0)
  if (ran === undefined || (usual !== undefined && usual.outcome === undefined)) return { inputs: none, outputs: none }
  throw new SluiceError(
    'MODEL_LOAD_FAILED',
    `Sluice cannot determine which dimension of the model's inputs counts the records: ${infos.map(shown).join(', ')}. It may be time-major ` +
      '(steps in time before records), or what it gives for one record depends on the others: export it with the records first, and name that dimension "batch"',
  )
}

interface Outcome {
  /** Whether each record has the same result as alone. */
  readonly apart: boolean
  /** The outputs' dimension that counts the records; undefined if an output does not grow with them. */
  readonly outputs: RecordAxes | undefined
}

/** undefined if the model cannot be run with these shapes. */
async function trialOf(
  session: OnnxSession,
  infos: readonly TensorInfo[],
  names: readonly string[],
  axes: RecordAxes,
): Promise<Outcome | undefined> {
  for (const length of lengths) {
    try {
      const run = runner(session, infos, axes, length, names)
      const size = run.fixed ?? rows
      const together = await run.of({ from: 0, count: Math.min(rows, size), size })
      const alone = []
      for (let row = 0; row < Math.min(rows, size); row++) alone.push(await run.of({ from: row, count: 1, size: run.fixed ?? 1 }))
      return outcomeOf(names, together, alone, run.fixed)
    } catch {
      // Another length may fit.
    }
  }
  return undefined
}

function outcomeOf(names: readonly string[], together: Results, alone: readonly Results[], fixed: number | undefined): Outcome {
  let apart = true
  const axes = new Map<string, number>()
  for (const name of names) {
    const whole = together[name] as Tensor
    const axis = fixed === undefined ? growing(whole.dims, alone[0]?.[name]?.dims ?? []) : 0
    if (axis === undefined) return { apart: false, outputs: undefined }
    axes.set(name, axis)
    const moved = recordsFirst(whole, axis).data as ArrayLike<unknown>
    const width = moved.length / (whole.dims[axis] ?? 1)
    for (const [row, results] of alone.entries()) {
      const single = recordsFirst(results[name] as Tensor, axis).data as ArrayLike<unknown>
      apart &&= alike(slice(moved, row * width, width), slice(single, 0, width))
    }
  }
  return { apart, outputs: axes }
}

function slice(values: ArrayLike<unknown>, from: number, count: number): unknown[] {
  return Array.from({ length: count }, (_, at) => values[from + at])
}

/** The dimension that counts the records. */
function growing(many: readonly number[], one: readonly number[]): number | undefined {
  const found = many.flatMap((size, axis) => (size === rows && one[axis] === 1 ? [axis] : []))
  const others = many.every((size, axis) => size === one[axis] || axis === found[0])
  return found.length === 1 && others ? found[0] : undefined
}

function runner(
  session: OnnxSession,
  infos: readonly TensorInfo[],
  axes: RecordAxes,
  length: number,
  names: readonly string[],
): { readonly fixed: number | undefined; readonly of: (range: { from: number; count: number; size: number }) => Promise<Results> } {
  const feeder = new OnnxInputs(infos, axes)
  const specs: ColumnSpec[] = []
  const mapping: FeatureMapping = {
    inputs: feeder.inputs.map((input, at) => {
      const known = infos[at]?.shape.reduce<number>(
        (product, dim, axis) => (axis === (axes.get(input.name) ?? 0) ? product : product * (dim ?? 1)),
        1,
      )
      const width = input.width ?? (known ?? 1) * length
      const columns = Array.from({ length: width }, () => specs.push({ name: '', kind: input.type === 'string' ? 'text' : 'number' }) - 1)
      return { input, columns }
    }),
  }
  const batch = new ColumnBatch(specs, rows)
  for (const { input, columns } of mapping.inputs) {
    for (const column of columns) {
      for (let row = 0; row < rows; row++) {
        const value = Math.sin(row * 7.3 + column * 1.7 + 1)
        if (input.type === 'string') batch.setText(column, row, value > 0 ? 'a' : 'b')
        else batch.setNumber(column, row, input.type.startsWith('float') ? value : Number(value > 0))
      }
    }
  }
  batch.length = rows
  return {
    fixed: feeder.fixedBatch,
    of: async range =>
      await session.run(
        feeder.feeds(batch, mapping, range, () => undefined),
        names,
      ),
  }
}

function shown({ name, shape }: TensorInfo): string {
  return `${name} [${shape.map(dim => dim ?? '?').join(', ')}]`
}
