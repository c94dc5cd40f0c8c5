export { startKubelet } from './kubelet.ts'
export type { Kubelet, KubeletOptions } from './kubelet.ts'
