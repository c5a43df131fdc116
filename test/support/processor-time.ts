/** The processor time that the work takes in this process, ms: unlike the time on a clock it does not tell how busy the machine is otherwise. */
export async function processorMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
