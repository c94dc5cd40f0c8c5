export { startKubeControllerManager } from './kube-controller-manager.ts'
export type { ControllerManagerOptions } from './kube-controller-manager.ts'
