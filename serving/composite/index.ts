// Composite models: a second model takes the outputs of a first one as fields, beside those of the record.
// Not here: policies that name the two, and loading of models.
export { CompositeModel, type CompositeStep, StepFailed } from './composite-model.ts'
export { outputPlaces, type OutputPlace } from './output-places.ts'
export { fieldsAfter, givenFields, type StepFields, usedFields } from './step-fields.ts'
