export { Network } from './network.ts'
export { Host } from './host.ts'
export type { HostOptions } from './host.ts'
export { Segment } from './segment.ts'
export type { Interface, SegmentOptions } from './segment.ts'
export { RoutingTable } from './routing.ts'
export type { Route, RouteOptions } from './routing.ts'
export { formatAddress, formatPrefix, inPrefix, parseAddress, parsePrefix, tryParseAddress } from './address.ts'
export type { Address, Prefix } from './address.ts'
export { describePacket } from './packet.ts'
export type { Packet, Protocol } from './packet.ts'
export { NetworkException } from './sockets.ts'
export type {
  Datagram,
  Endpoint,
  NetworkError,
  PingResult,
  SocketLayer,
  TcpConnection,
  TcpHandlers,
  TcpListener,
  UdpSocket,
} from './sockets.ts'
