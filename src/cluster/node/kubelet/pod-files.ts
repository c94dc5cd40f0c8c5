import type { Pod } from '../../../api/generated/types.ts'

/** What the kubelet's configuration says about DNS. */
export interface DnsSettings {
  readonly clusterDNS: readonly string[]
  readonly clusterDomain: string
}

/** The Pod's host name; a node's own with hostNetwork. */
export function hostnameOf(pod: Pod, nodeName: string): string {
  if (pod.spec?.hostNetwork) return nodeName
  const name = pod.spec?.hostname || pod.metadata?.name || ''
  return name.slice(0, 63).replace(/[-.]+$/, '')
}

const HOSTS_HEAD = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'fe00::0\tip6-mcastprefix',
  'fe00::1\tip6-allnodes',
  'fe00::2\tip6-allrouters',
]

/** /etc/hosts. With hostNetwork it is the node's, with the aliases added. */
export function hostsFile(
  pod: Pod,
  podIP: string,
  hostname: string,
  settings: DnsSettings,
  nodeHosts: string,
): string {
  const { hostNetwork, subdomain, hostAliases = [] } = pod.spec ?? {}
  const lines = hostNetwork
    ? ['# Kubernetes-managed hosts file (host network).']
    : ['# Kubernetes-managed hosts file.', ...HOSTS_HEAD]
  if (!hostNetwork) {
    const domain =
      subdomain && `${hostname}.${subdomain}.${pod.metadata?.namespace}.svc.${settings.clusterDomain}`
    lines.push(domain ? `${podIP}\t${domain}\t${hostname}` : `${podIP}\t${hostname}`)
  }
  const aliases =
    hostAliases.length === 0
      ? []
      : [
          '',
          '# Entries added by HostAliases.',
          ...hostAliases.map(({ ip, hostnames = [] }) => [ip, ...hostnames].join('\t')),
        ]
  return `${[...lines, ...(hostNetwork ? [nodeHosts.trimEnd()] : []), ...aliases].join('\n')}\n`
}

interface Resolver {
  nameservers: readonly string[]
  searches: readonly string[]
  /** `ndots:5`, in order. */
  options: readonly string[]
}

/** At most this much counts in a resolv.conf that the kubelet writes. */
const MAX_NAMESERVERS = 3
const MAX_SEARCHES = 32

/** /etc/resolv.conf after `dnsPolicy` and `dnsConfig`. */
export function resolvConf(pod: Pod, settings: DnsSettings, nodeResolvConf: string): string {
  const { dnsPolicy = 'ClusterFirst', dnsConfig = {}, hostNetwork } = pod.spec ?? {}
  const ofNode = parseResolvConf(nodeResolvConf)
  const namespace = pod.metadata?.namespace ?? ''
  const { clusterDNS, clusterDomain } = settings
  const domains = [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain]
  const ofCluster: Resolver = {
    nameservers: clusterDNS,
    searches: [...domains, ...ofNode.searches],
    options: ['ndots:5'],
  }
  const usesCluster =
    dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && !hostNetwork)
  const none: Resolver = { nameservers: [], searches: [], options: [] }
  const base = dnsPolicy === 'None' ? none : usesCluster ? ofCluster : ofNode
  const options = new Map(base.options.map((option) => [option.split(':')[0]!, option]))
  for (const { name = '', value } of dnsConfig.options ?? [])
    options.set(name, value === undefined ? name : `${name}:${value}`)
  const searches = unique([...base.searches, ...(dnsConfig.searches ?? [])]).slice(0, MAX_SEARCHES)
  const nameservers = unique([...base.nameservers, ...(dnsConfig.nameservers ?? [])]).slice(
    0,
    MAX_NAMESERVERS,
  )
  return [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}`] : []),
    ...nameservers.map((server) => `nameserver ${server}`),
    ...(options.size > 0 ? [`options ${[...options.values()].join(' ')}`] : []),
    '',
  ].join('\n')
}

/** A node's file is read for each of its Pods, and nearly always the same. */
let latest: { readonly text: string; readonly resolver: Resolver } | undefined

function parseResolvConf(text: string): Resolver {
  if (latest?.text !== text) latest = { text, resolver: parsed(text) }
  return latest.resolver
}

function parsed(text: string): Resolver {
  const resolver = { nameservers: [] as string[], searches: [] as string[], options: [] as string[] }
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line.trim().split(/\s+/)
    if (keyword === 'nameserver') resolver.nameservers.push(...values.slice(0, 1))
    if (keyword === 'search') resolver.searches = values.filter((domain) => domain !== '.')
    if (keyword === 'options') resolver.options.push(...values)
  }
  return resolver
}

const unique = (values: readonly string[]) => [...new Set(values)]
