// Speculative execution: several models score a record beside each other, and a decider says whose result it is before a budget is over.
// Not here: the deciders (serving/deciders), which model a key belongs to (serving/routing), Kafka.
export { checkPolicy, type ModelRef, type PolicyModel, type SpeculativePolicies, type SpeculativePolicy } from './policy.ts'
