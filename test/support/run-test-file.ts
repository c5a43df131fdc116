import { spawn } from 'node:child_process'
import { mkdir, readdir, rm, symlink } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { FileOutcome } from './judge.ts'
import { killFamily, remainingOf } from './left-processes.ts'

export interface FileRun {
  readonly file: string
  /** Of this file alone: its temporary directory is made in it, and removed with what is in it. */
  readonly directory: string
  readonly env: NodeJS.ProcessEnv
  readonly timeoutMs: number
  /** Kills the file's processes, with those that they started. */
  readonly signal: AbortSignal
}

/** Processes that end with their parent (tsx's compiler) are given this long to notice. */
const patienceMs = 3000
/** A file that did not end in time is given this long to tell what is open. */
const tellMs = 500
const tellOpen = new URL('tell-open.mjs', import.meta.url).href
/** What tsx calls its cache in the temporary directory. */
const compilerCache = `tsx-${process.geteuid?.() ?? userInfo().username}`

/** Runs one test file as a process group of its own, with a temporary directory of its own, and tells what it left in both. */
export async function runTestFile(run: FileRun): Promise<FileOutcome> {
  const temporary = join(run.directory, 'tmp')
  await mkdir(temporary, { recursive: true })
  await shareCompilerCache(run.directory, temporary)
  try {
    const ended = await runProcess(run, temporary)
    const leftFiles = (await readdir(temporary)).filter(name => name !== compilerCache)
    return { ...ended, leftFiles }
  } finally {
    await rm(run.directory, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** The files of one run compile what they share once. */
async function shareCompilerCache(directory: string, temporary: string): Promise<void> {
  const shared = join(directory, '..', compilerCache)
  await mkdir(shared, { recursive: true })
  await symlink(shared, join(temporary, compilerCache))
}

function runProcess(run: FileRun, temporary: string): Promise<Omit<FileOutcome, 'leftFiles'>> {
  const env = { ...run.env, TMPDIR: temporary }
  const child = spawn(process.execPath, ['--import', 'tsx', '--import', tellOpen, run.file], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  })
  const family = child.pid === undefined ? undefined : { group: child.pid, temporary }
  let output = ''
  let timedOut = false
  const take = (text: string): void => void (output += text)
  child.stdout.setEncoding('utf8').on('data', take)
  child.stderr.setEncoding('utf8').on('data', take)
  const kill = (): void => {
    if (family !== undefined) killFamily(family)
  }
  const timer = setTimeout(() => {
    timedOut = true
    child.kill('SIGUSR2')
    setTimeout(kill, tellMs)
  }, run.timeoutMs)
  run.signal.addEventListener('abort', kill)
  if (run.signal.aborted) kill()
  return new Promise((resolve, reject) => {
    let left: Promise<string[]> = Promise.resolve([])
    child.once('error', reject)
    // A process left behind may hold the output open: it is found and ended before the output can close.
    child.once('exit', () => {
      clearTimeout(timer)
      if (family !== undefined) left = remainingOf(family, patienceMs).finally(kill)
    })
    child.once('close', code => {
      run.signal.removeEventListener('abort', kill)
      left.then(leftProcesses => resolve({ code: code ?? undefined, timedOut, output, leftProcesses }), reject)
    })
  })
}
