export { apiVersionOf, pathOf } from './resource.ts'
export type { KubernetesList, KubernetesObject, Resource } from './resource.ts'
export { Channel } from './wire.ts'
export type {
  Answer,
  ApiRequest,
  ApiResponse,
  Cancel,
  ChannelPeer,
  Method,
  StreamSink,
  UserInfo,
  WatchEvent,
} from './wire.ts'
export * from './kinds.ts'
export type { Cell, Column, Kind } from './kind.ts'
export type * from './generated/types.ts'
