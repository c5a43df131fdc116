import type { DataType } from '../document/index.ts'
import type { Treatment } from './treatments.ts'

interface Common {
  readonly type: DataType
  /** How deep its evaluation recurses, through derived fields and functions too. */
  readonly depth: number
  /** How many steps its evaluation takes at most. */
  readonly steps: number
}

/** An expression: plain data. NaN in place of a value means that there is none. */
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
  /** Fours as `interval` gives them. */
  readonly intervals: Float64Array
  readonly values: Float64Array
  readonly defaultValue: number
  readonly mapMissingTo: number
}

export type MapValuesExpression = Common & {
  readonly op: 'mapValues'
  readonly from: readonly Expression[]
  /** The columns' values, joined by commas, to the output column's. */
  readonly table: ReadonlyMap<string, number>
  readonly defaultValue: number
  readonly mapMissingTo: number
}

/** How the words of a text are found and compared. */
export interface Reading {
  readonly caseSensitive: boolean
  /** Between words; punctuation at the words' ends is no part of them. */
  readonly separator: string
  /** What a word is, in place of what is between them. */
  readonly word: string | undefined
}

export interface Replacement {
  readonly pattern: string
  readonly ignoreCase: boolean
  readonly by: string
}

export interface Normalization {
  readonly replacements: readonly Replacement[]
  /** Whether it is repeated until nothing changes. */
  readonly recursive: boolean
}

/** A TextIndex: plain data. */
export interface TextIndexExpression {
  readonly op: 'textIndex'
  readonly text: Expression
  readonly term: Expression
  readonly weight: 'termFrequency' | 'binary' | 'logarithmic'
  /** How many letters a hit may differ by, in all of its words. */
  readonly maxDistance: number
  /** Whether only the hits count that differ least. */
  readonly bestOnly: boolean
  readonly reading: Reading
  readonly normalizations: readonly Normalization[]
  /** The same for those that read a text in the same way. */
  readonly key: string
}

/** The DefineFunctions that a document's expressions call. */
export type Functions = readonly Expression[]

/** A value that is made when it is first asked for: a DerivedField, or a field as a nested model's MiningSchema has it. Plain data. */
export type LazySlot =
  | { readonly kind: 'derived'; readonly expression: Expression }
  | { readonly kind: 'treated'; readonly from: number; readonly treatment: Treatment }
