// Preloads doors.ts, in threads too, where tsx is not there yet.
import { isMainThread } from 'node:worker_threads'

if (!isMainThread) (await import('tsx/esm/api')).register()
await import('./doors.ts')
