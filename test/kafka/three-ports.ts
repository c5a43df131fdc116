import { freePort, isPortFree } from '../../cli/kafka/free-port.ts'

/** A free port; the next two ports are free too. */
export async function threePorts(): Promise<number> {
  for (;;) {
    const port = await freePort()
    if (await isPortFree(port + 2)) return port
  }
}
