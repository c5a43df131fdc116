import { once } from 'node:events'
import type { Server } from 'node:http'
import { messageOf, SluiceError } from '../base/index.ts'

/** Throws PORT_TAKEN; CONFIG_INVALID when the server cannot listen for another reason. */
export async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    const listening = once(server, 'listening')
    server.listen(port, host)
    await listening
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new SluiceError(
        'PORT_TAKEN',
        `port ${port} on ${host} is in use by another program: stop that program or choose another port`,
        {
          cause: error,
        },
      )
    }
    throw new SluiceError('CONFIG_INVALID', `cannot listen on ${host}:${port}: ${messageOf(error)}`, { cause: error })
  }
}
