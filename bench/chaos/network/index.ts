// The way from each instance to each broker: where requests and answers are cut off, delayed or lost.
// Not here: which of them, and when; that are the faults.
export { ChaosNetwork, type Way } from './chaos-network.ts'
export { type Act, apiKeys, type ApiName, type Moment, type RequestRule } from './request-rules.ts'
