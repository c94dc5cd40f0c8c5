export {
  Simulation,
  DEFAULT_START_MS,
  formatTimestamp,
  formatMicroTimestamp,
  parseTimestamp,
  daysFromCivil,
  civilFromDays,
} from './simulation.ts'
export type { SimulationOptions } from './simulation.ts'
export type { Timer } from './event-queue.ts'
export { Random, KUBERNETES_ALPHABET } from './random.ts'
export { TraceBus } from './trace.ts'
export type { TraceEvent, TraceListener } from './trace.ts'
export { Pace, MIN_SPEED, MAX_SPEED } from './pace.ts'
