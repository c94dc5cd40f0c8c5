/**
 * To be imported before `@kubernetes/client-node`: its HTTP library asks Node for what has come since the 20 that we run
 * on too, and uses none of it here. No answer of ours is compressed with zstd, nothing is posted to a worker.
 */
import workerThreads from 'node:worker_threads'
import zlib from 'node:zlib'

Object.assign(zlib, {
  createZstdDecompress:
    (zlib as { createZstdDecompress?: unknown }).createZstdDecompress ??
    (() => {
      throw new Error('this Node has no zstd')
    }),
})
Object.assign(workerThreads, {
  markAsUncloneable:
    (workerThreads as { markAsUncloneable?: unknown }).markAsUncloneable ?? (() => undefined),
})
Object.assign(Promise, {
  withResolvers:
    (Promise as { withResolvers?: unknown }).withResolvers ??
    (() => {
      let settle = {}
      const promise = new Promise((resolve, reject) => (settle = { resolve, reject }))
      return { promise, ...settle }
    }),
})
