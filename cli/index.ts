// The command line: main.ts starts program.ts, which loads a command when it is called.
// Output is tables for people and JSON for pipes.
// Not here: anything that a library user needs.
export { Output } from './output.ts'
