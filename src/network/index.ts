export { Network } from './network.ts'
export { Host } from './host.ts'
export type { HostOptions } from './host.ts'
export { Segment } from './segment.ts'
export type { Interface, Netem, SegmentOptions } from './segment.ts'
export { RoutingTable } from './routing.ts'
export type { Route, RouteOptions } from './routing.ts'
export {
  formatAddress,
  formatPrefix,
  inPrefix,
  mergeRanges,
  rangeOf,
  subtractRanges,
  parseAddress,
  parsePrefix,
  tryParseAddress,
} from './address.ts'
export type { Address, AddressRange, Prefix } from './address.ts'
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
export { Chain, Netfilter, Table } from './netfilter/ruleset.ts'
export type { Hook, Policy, TableName } from './netfilter/ruleset.ts'
export { Rule } from './netfilter/rule.ts'
export type { RuleSpec } from './netfilter/rule.ts'
export {
  comment,
  ctstate,
  dstType,
  mark,
  matchSet,
  nfacct,
  probability,
  recentCheck,
  recentSet,
  srcType,
  tcp,
  udp,
} from './netfilter/matches.ts'
export type { Match } from './netfilter/matches.ts'
export { ACCEPT, DROP, RETURN, dnat, jump, masquerade, reject, setMark } from './netfilter/targets.ts'
export type { Target } from './netfilter/targets.ts'
export { evaluate } from './netfilter/evaluate.ts'
export type { Evaluation, Verdict } from './netfilter/evaluate.ts'
export type { ConnectionState, Context, Passed } from './netfilter/context.ts'
export { Conntrack, ConntrackEntry } from './conntrack.ts'
export type { Hop, PacketStory } from './trace.ts'
export type { SocketInfo } from './socket-layer.ts'
export * as nft from './nftables/statements.ts'
export { NftChain, NftRule, NftSet, NftTable } from './nftables/ruleset.ts'
export type { NftElement, NftFamily, NftHook, NftSetSpec } from './nftables/ruleset.ts'
export type { Statement as NftStatement } from './nftables/statements.ts'
export { saveRules } from './iptables/save.ts'
export { runIptables, runIptablesRestore, runIptablesSave } from './iptables/command.ts'
export type { CommandResult } from './iptables/command.ts'
export { runNft } from './nftables/command.ts'
export { isScheduler, Ipvs } from './ipvs/ipvs.ts'
export type { Scheduler, VirtualServer } from './ipvs/ipvs.ts'
export { runIpvsadm } from './ipvs/command.ts'
export { runIpset } from './ipvs/ipset-command.ts'
export { IpSet } from './netfilter/ip-sets.ts'
export type { IpSetType } from './netfilter/ip-sets.ts'
