import type { Rule, RuleTable } from '../graph/index.ts'
import { arithmeticRules } from './arithmetic.ts'
import { bitRules } from './bits.ts'
import { choiceRules } from './choice.ts'
import { convolutionRules } from './convolution.ts'
import { elementwiseRules } from './elementwise.ts'
import { fakeQuantRules } from './fake-quant.ts'
import { fillRules } from './fill.ts'
import { fusedRules } from './fused.ts'
import { gatherRules } from './gather.ts'
import { imageRules } from './image.ts'
import { neuralRules } from './neural.ts'
import { randomRules } from './random.ts'
import { reduceRules } from './reduce.ts'
import { shapeRules } from './shape.ts'
import { sliceRules } from './slice.ts'
import { sparseRules } from './sparse.ts'
import { stridedSliceRules } from './strided-slice.ts'
import { structureRules } from './structure.ts'
import { textRules } from './text.ts'

const tables: readonly RuleTable[] = [
  arithmeticRules,
  bitRules,
  choiceRules,
  convolutionRules,
  elementwiseRules,
  fakeQuantRules,
  fillRules,
  fusedRules,
  gatherRules,
  imageRules,
  neuralRules,
  randomRules,
  reduceRules,
  shapeRules,
  sliceRules,
  sparseRules,
  stridedSliceRules,
  structureRules,
  textRules,
]

/** The rules of all supported TensorFlow ops, by the op's name. */
export const rules: ReadonlyMap<string, Rule> = new Map(tables.flatMap(table => Object.entries(table)))
