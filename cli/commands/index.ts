// One file per command, and the code that commands share.
// A command reads its options, calls the library and shows the result.
// Not here: the instance that serve runs, and the demo.
export { brokerCommand } from './broker-command.ts'
export { changelogCommand, latestOf } from './changelog-command.ts'
export { type ChangelogView, changelogView } from './changelog-view.ts'
export { type Client, openClient } from './client.ts'
export { positiveInteger } from './command-options.ts'
export { rowEncoder } from './csv-records.ts'
export { deadLettersCommand } from './dead-letters-command.ts'
export { instancesCommand } from './instances-command.ts'
export { modelsCommand } from './models-command.ts'
export { modelRecord, publishCommand } from './publish-command.ts'
export { resultOf } from './result-view.ts'
export { scoreCommand } from './score-command.ts'
export { sendCommand } from './send-command.ts'
export { serveCommand } from './serve-command.ts'
export { stateCommand } from './state-command.ts'
export { watchCommand } from './watch-command.ts'
