export { CompactedError, Etcd } from './etcd.ts'
export type { EtcdEvent, EtcdOptions, KeyValue } from './etcd.ts'
