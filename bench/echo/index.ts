export { Echo } from './echo.ts'
export { longestEcho, type Span } from './longest-echo.ts'
