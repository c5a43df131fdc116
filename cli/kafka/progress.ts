/** Shows the progress of a download. */
export interface Progress {
  /** Sets the text. May be called at any rate: the display is refreshed by a timer. */
  update(text: string): void
  end(): void
}

const terminalIntervalMs = 200
const plainIntervalMs = 3000

/** Shows progress on standard error: in place on a terminal, else a line every 3 s. With `log`, the lines go there instead. */
export function startProgress(log?: (line: string) => void): Progress {
  const inPlace = log === undefined && process.stderr.isTTY
  const say = log ?? ((line: string) => process.stderr.write(`${line}\n`))
  const startedAt = Date.now()
  let text = ''
  const show = (): void => {
    const line = `${text} (${Math.round((Date.now() - startedAt) / 1000)} s)`
    if (inPlace) process.stderr.write(`\r\u001B[2K${line}`)
    else say(line)
  }
  const timer = setInterval(show, inPlace ? terminalIntervalMs : plainIntervalMs)
  return {
    update: next => {
      const first = text === ''
      text = next
      if (first) show()
    },
    end: () => {
      clearInterval(timer)
      show()
      if (inPlace) process.stderr.write('\n')
    },
  }
}
