// Fields, expressions, predicates and functions: compiled, and evaluated for a row.
// Evaluation is on the hot path.
// Not here: model elements.
export { chosenShare, medianOf, weightedMedianOf } from './combine.ts'
export { normalPdf } from './distributions.ts'
export { evaluate } from './evaluate.ts'
export type { Expression, Functions, LazySlot } from './expression.ts'
export { expressionIn, expressionNames, typedExpressionIn } from './expressions.ts'
export { type InstanceTable, InstanceFields, instanceTable } from './instance-table.ts'
export { isLinear } from './linear-patterns.ts'
export { type InverseLink, floatLink, inverseLinks, simplemax, softmax } from './normalization.ts'
export {
  type Predicate,
  compareNumbers,
  compareValue,
  compilePredicate,
  evaluatePredicate,
  needNumeric,
  numbersOf,
  predicateIn,
  predicateNames,
  test,
  verdict,
} from './predicates.ts'
export { Row, giveUp, isNoResult } from './row.ts'
export { type Field, type InputField, Compilation, Scope } from './scope.ts'
export { type FieldDefinition, fieldDefinition, treat, treatForeign, treatment, treats } from './treatments.ts'
