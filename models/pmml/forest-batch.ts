import type { CompiledPmml } from './compile-pmml.ts'
import { type Forest, type ModelRunner, MiningEvaluator } from './mining/index.ts'
import type { InputColumns } from './contract/index.ts'
import type { PmmlScores } from './pmml-scores.ts'
import type { QuickBatch } from './quick-batch.ts'

/** Scores a forest whose only outputs are the class and the probabilities: copies the forest's shares to the results directly. */
export class ForestBatch implements QuickBatch {
  readonly #runner: ModelRunner
  readonly #forest: Forest
  readonly #scores: PmmlScores
  /** For each number column of the result, the class whose probability it holds. */
  readonly #classes: Int32Array
  #columns: InputColumns | undefined

  private constructor(runner: ModelRunner, forest: Forest, parts: { readonly scores: PmmlScores; readonly classes: Int32Array }) {
    this.#runner = runner
    this.#forest = forest
    this.#scores = parts.scores
    this.#classes = parts.classes
  }

  /** undefined if the model does anything else. */
  static of({ model, slots }: CompiledPmml, runner: ModelRunner, scores: PmmlScores): ForestBatch | undefined {
    const { evaluator } = runner
    if (!(evaluator instanceof MiningEvaluator) || evaluator.forest === undefined) return undefined
    if (!model.classifies || model.target !== undefined || slots.some(slot => slot !== undefined)) return undefined
    const classes = scores.classesOfColumns(model.outputs)
    return classes === undefined ? undefined : new ForestBatch(runner, evaluator.forest, { scores, classes })
  }

  open(columns: InputColumns): boolean {
    this.#columns = columns
    this.#runner.prepare(columns)
    return columns.complete
  }

  score(at: number): boolean {
    const index = this.#columns!.isValid(at) ? this.#forest.classOf(at) : -1
    if (index < 0) return false
    this.#scores.setShares(at, index, { classes: this.#classes, shares: this.#forest.results, from: at * this.#forest.stride })
    return true
  }
}
