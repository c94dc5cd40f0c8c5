export { installFirewall } from './iptables.ts'
export { startKubelet } from './kubelet.ts'
export type { Kubelet, KubeletOptions } from './kubelet.ts'
