/** Preloaded into every test file: at SIGUSR2 it tells what keeps the process alive. */
process.on('SIGUSR2', () => {
  const handles = (process as unknown as { _getActiveHandles(): readonly object[] })._getActiveHandles()
  const names = handles.map(handle => {
    const { localPort, remotePort, pid, fd, spawnargs } = handle as Record<string, unknown>
    const facts = Object.entries({ localPort, remotePort, pid, fd, spawnargs }).filter(([, value]) => value !== undefined)
    return `${handle.constructor.name} ${JSON.stringify(Object.fromEntries(facts))}`
  })
  process.stderr.write(`\nstill open: ${[...names, ...process.getActiveResourcesInfo()].join(', ')}\n`)
})
