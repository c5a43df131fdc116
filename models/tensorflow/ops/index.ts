import type { Rule, RuleTable } from '../op.ts'
import { arithmeticRules } from './arithmetic.ts'
import { bitRules } from './bits.ts'
import { choiceRules } from './choice.ts'
import { convolutionRules } from './convolution.ts'
import { elementwiseRules } from './elementwise.ts'
import { fusedRules } from './fused.ts'
import { gatherRules } from './gather.ts'
import { imageRules } from './image.ts'
import { neuralRules } from './neural.ts'
import { reduceRules } from './reduce.ts'
import { shapeRules } from './shape.ts'
import { sliceRules } from './slice.ts'
import { stridedSliceRules } from './strided-slice.ts'
import { structureRules } from './structure.ts'

const tables: readonly RuleTable[] = [
  arithmeticRules,
  bitRules,
  choiceRules,
  convolutionRules,
  elementwiseRules,
  fusedRules,
  gatherRules,
  imageRules,
  neuralRules,
  reduceRules,
  shapeRules,
  sliceRules,
  stridedSliceRules,
  structureRules,
]

/** Every TensorFlow op that can be compiled, by its name. */
export const rules: ReadonlyMap<string, Rule> = new Map(tables.flatMap(table => Object.entries(table)))
