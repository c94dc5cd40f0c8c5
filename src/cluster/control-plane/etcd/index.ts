export { CompactedError, Etcd, EtcdUnavailableError } from './etcd.ts'
export type { EtcdEvent, EtcdOptions, KeyValue } from './etcd.ts'
