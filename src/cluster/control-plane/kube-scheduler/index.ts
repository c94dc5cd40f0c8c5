export { startKubeScheduler } from './kube-scheduler.ts'
export type { SchedulerOptions } from './kube-scheduler.ts'
