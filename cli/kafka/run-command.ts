import { spawn } from 'node:child_process'

export interface Command {
  readonly file: string
  readonly args: readonly string[]
}

/** How a program ended. `code` is undefined if it could not be started or was killed; `output` is its standard output and standard error. */
export interface CommandResult {
  readonly code: number | undefined
  readonly output: string
}

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv
  /** Kills the program. */
  readonly signal?: AbortSignal | undefined
  /** Called with each part of the output. */
  readonly onOutput?: (text: string) => void
}

/** Runs a program to its end. Never throws: a program that cannot be started is a result without a code. */
export function runCommand(command: Command, options: CommandOptions = {}): Promise<CommandResult> {
  return new Promise(resolve => {
    let output = ''
    const child = spawn(command.file, command.args, { stdio: ['ignore', 'pipe', 'pipe'], env: options.env, signal: options.signal })
    const take = (text: string): void => {
      output += text
      options.onOutput?.(text)
    }
    child.stdout.setEncoding('utf8').on('data', take)
    child.stderr.setEncoding('utf8').on('data', take)
    child.once('error', error => resolve({ code: undefined, output: output + error.message }))
    child.once('close', code => resolve({ code: code ?? undefined, output }))
  })
}

/** The last lines of a text, for an error message. */
export function tailOf(text: string, lines = 12): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n')
}
