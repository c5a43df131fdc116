import type { DataType } from '../document/index.ts'
import type { Treatment } from './treatments.ts'

interface Common {
  readonly type: DataType
  /** The depth of recursion of the evaluation, through derived fields and functions. */
  readonly depth: number
  /** The largest number of steps of the evaluation. */
  readonly steps: number
}

/** An expression: plain data. A value that is NaN is not given. */
export type Expression = Common &
  (
    | { readonly op: 'constant'; readonly value: number }
    | { readonly op: 'field'; readonly slot: number; readonly mapMissingTo: number }
    | { readonly op: 'parameter'; readonly index: number; readonly mapMissingTo: number }
    | { readonly op: 'cast'; readonly from: Expression }
    | { readonly op: 'if'; readonly args: readonly Expression[]; readonly mapMissingTo: number; readonly defaultValue: number }
    | ApplyExpression
    | { readonly op: '+' | '-' | '*' | '/'; readonly left: Expression; readonly right: Expression }
    | {
        readonly op: 'call'
        readonly target: number
        readonly args: readonly Expression[]
        readonly mapMissingTo: number
        readonly defaultValue: number
      }
    | NormContinuousExpression
    | { readonly op: 'normDiscrete'; readonly from: Expression; readonly value: number; readonly mapMissingTo: number }
    | DiscretizeExpression
    | MapValuesExpression
    | TextIndexExpression
  )

export type ApplyExpression = Common & {
  readonly op: 'apply'
  readonly name: string
  readonly args: readonly Expression[]
  readonly mapMissingTo: number
  readonly defaultValue: number
  readonly invalidIsMissing: boolean
}

export type NormContinuousExpression = Common & {
  readonly op: 'normContinuous'
  readonly from: Expression
  readonly origs: Float64Array
  readonly norms: Float64Array
  readonly outliers: 'asIs' | 'asMissingValues' | 'asExtremeValues'
  readonly mapMissingTo: number
}

export type DiscretizeExpression = Common & {
  readonly op: 'discretize'
  readonly from: Expression
  /** Four numbers for each interval, as `interval` returns them. */
  readonly intervals: Float64Array
  readonly values: Float64Array
  readonly defaultValue: number
  readonly mapMissingTo: number
}

export type MapValuesExpression = Common & {
  readonly op: 'mapValues'
  readonly from: readonly Expression[]
  /** From the values of the columns, each followed by a comma, to the value of the output column. */
  readonly table: ReadonlyMap<string, number>
  readonly defaultValue: number
  readonly mapMissingTo: number
}

/** How a text is split into words, and how the words are compared. */
export interface Reading {
  readonly caseSensitive: boolean
  /** The pattern of the separators of words. Punctuation at the ends of words is removed. */
  readonly separator: string
  /** The pattern of a word, used instead of `separator`; undefined: words are split by `separator`. */
  readonly word: string | undefined
}

export interface Replacement {
  readonly pattern: string
  readonly ignoreCase: boolean
  readonly by: string
}

export interface Normalization {
  readonly replacements: readonly Replacement[]
  /** Whether the replacements are repeated until the text no longer changes. */
  readonly recursive: boolean
}

/** A TextIndex: plain data. */
export interface TextIndexExpression {
  readonly op: 'textIndex'
  readonly text: Expression
  readonly term: Expression
  readonly weight: 'termFrequency' | 'binary' | 'logarithmic'
  /** The largest Levenshtein distance of a hit, summed over its words. */
  readonly maxDistance: number
  /** Whether only the hits with the smallest distance count. */
  readonly bestOnly: boolean
  readonly reading: Reading
  readonly normalizations: readonly Normalization[]
  /** Equal for all expressions with the same `reading` and `normalizations`, which find the same words in a text. */
  readonly key: string
}

/** The compiled bodies of the DefineFunctions, by `target` of a call. */
export type Functions = readonly Expression[]

/** A value that is computed when it is first read: a DerivedField, or a field after the treatment by a nested model's MiningSchema. Plain data. */
export type LazySlot =
  | { readonly kind: 'derived'; readonly expression: Expression }
  | { readonly kind: 'treated'; readonly from: number; readonly treatment: Treatment }
