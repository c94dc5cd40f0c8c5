export { startKubeProxy } from './kube-proxy.ts'
export type { KubeProxyOptions } from './kube-proxy.ts'
export { isMode } from './modes.ts'
