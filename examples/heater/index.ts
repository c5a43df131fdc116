// Heaters that wanted temperatures steer: the application, a simulated house, and a judge.
// Not here: starting a Kafka.
export { heater } from './heater.ts'
export { type HeaterRun, runHeater } from './run-heater.ts'
