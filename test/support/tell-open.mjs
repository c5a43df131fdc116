/** Preloaded into every test file, and its worker threads: at SIGUSR2 it tells what keeps the process alive. */
process.on('SIGUSR2', () => {
  const names = process._getActiveHandles().map(handle => {
    const { localPort, remotePort, pid, fd, spawnargs } = handle
    return `${handle.constructor.name} ${JSON.stringify({ localPort, remotePort, pid, fd, spawnargs })}`
  })
  process.stderr.write(`\nstill open: ${[...names, ...process.getActiveResourcesInfo()].join(', ')}\n`)
})
