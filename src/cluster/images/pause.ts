import type { Program } from '../../os/index.ts'
import { image } from './image.ts'
import { untilSignal } from './servers.ts'

/** Holds a Pod's namespaces open and does nothing else. */
const pause: Program = function* (process) {
  const signal = yield* untilSignal(process, 'SIGINT', 'SIGTERM')
  yield* process.printError(
    `Shutting down, got signal: ${signal === 'SIGINT' ? 'Interrupt' : 'Terminated'}\n`,
  )
  return 0
}

export const pauseImages = [
  image({
    name: 'registry.k8s.io/pause',
    tags: ['3.10', '3.10.1'],
    sizeBytes: 320_448,
    entrypoint: ['/pause'],
    programs: { '/pause': pause },
  }),
]
