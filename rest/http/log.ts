/** Receives the log lines of the server. */
export type RestLog = (level: 'error' | 'warn' | 'info' | 'debug', message: string, fields: Record<string, unknown>) => void
