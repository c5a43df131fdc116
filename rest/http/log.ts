/** Where the server's own messages go; the program that starts it decides. */
export type RestLog = (level: 'error' | 'warn' | 'info' | 'debug', message: string, fields: Record<string, unknown>) => void
