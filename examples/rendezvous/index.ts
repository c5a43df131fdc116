// A rendezvous over topics: models that answer on a topic, a collector with a changelogged store, and a run that proves what it promises.
// Not here: starting a Kafka.
export {
  answeringModel,
  type Answer,
  type Decision,
  type ModelStandIn,
  type Policy,
  rendezvous,
  type Request,
  topics,
} from './rendezvous.ts'
export { type Proved, runRendezvous } from './run-rendezvous.ts'
