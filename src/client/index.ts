export { createClient } from './client.ts'
export type { Client, DeleteOptions, Done, ListOptions, Patch, Result, WatchHandlers } from './client.ts'
export { Informer, InformerSet } from './informer.ts'
export type { ChangeListener, IndexFunction, InformerOptions } from './informer.ts'
export { WorkQueue } from './work-queue.ts'
export type { WorkQueueOptions } from './work-queue.ts'
export { EventRecorder, referenceTo } from './event-recorder.ts'
export type { EventType } from './event-recorder.ts'
export { SeriesRecorder } from './series-recorder.ts'
export * from './objects.ts'
export { CONNECTION_FAILED } from './transport.ts'
export type { StreamHandlers, Transport, UpgradeHandlers } from './transport.ts'
export { controller, index, watch } from './controller.ts'
export type { Controller, ControllerDefinition, ReconcileContext } from './controller.ts'
export { runController } from './controller-runner.ts'
export {
  call,
  create,
  event,
  finalize,
  parallel,
  patch,
  remove,
  requeueAfter,
  update,
  updateStatus,
} from './write.ts'
export type { RequestWrite, Write } from './write.ts'
export { matchesNode, preferenceFor } from './node-affinity.ts'
export { isTolerated, tolerates } from './tolerations.ts'
export { equal } from './equal.ts'
