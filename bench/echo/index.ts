// What broker and machine do to any record at a moment, whatever the application does: a record that goes past it, there and back.
// Not here: what is measured beside it, which is in the rooms of the benches.
export { Echo } from './echo.ts'
export { longestEcho, type Span } from './longest-echo.ts'
