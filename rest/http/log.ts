/** Receives the log lines of the server. What it throws, or what a promise that it returns rejects with, changes nothing for the server. */
export type RestLog = (level: 'error' | 'warn' | 'info' | 'debug', message: string, fields: Record<string, unknown>) => void
