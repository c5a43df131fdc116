// The PMML document: elements with their line numbers, values, dates, symbols.
// Its errors name the element and the line.
// Not here: what any element calculates.
export { daysSinceYear, formatDate, isDateText, isDateType, readDate } from './dates.ts'
export { PmmlElement, clip, parseNumber } from './element.ts'
export { isTarget, targetNames } from './mining-schema.ts'
export { parsePmml } from './parse.ts'
export { Symbols } from './symbols.ts'
export { targetOf } from './target-element.ts'
export { type DataType, castNumber, castValue, dataTypeOf, formatValue, isNumeric, needValue, parseValue } from './values.ts'
