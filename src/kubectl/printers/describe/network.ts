import type { Blocking } from '../../../os/process.ts'
import type { KubeObject } from '../../api.ts'
import { addAnnotations, addLabels, mapText, selectorText, type Lines } from './lines.ts'
import type { Describer, Describing } from './types.ts'

export const describeService: Describer = function* (lines, service, describing) {
  const { metadata, spec, status = {} } = service
  const slices = yield* slicesOf(describing, metadata.namespace, metadata.name)
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  addLabels(lines, 0, 'Labels', metadata.labels)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
  lines.add(0, `Selector:\t${mapText(spec.selector)}`)
  lines.add(0, `Type:\t${spec.type ?? ''}`)
  if (spec.ipFamilyPolicy) lines.add(0, `IP Family Policy:\t${spec.ipFamilyPolicy}`)
  lines.add(0, `IP Families:\t${spec.ipFamilies?.length ? spec.ipFamilies.join(',') : '<none>'}`)
  lines.add(0, `IP:\t${spec.clusterIP ?? ''}`)
  lines.add(0, `IPs:\t${spec.clusterIPs?.length ? spec.clusterIPs.join(',') : '<none>'}`)
  if (spec.externalIPs?.length) lines.add(0, `External IPs:\t${spec.externalIPs.join(',')}`)
  if (spec.loadBalancerIP) lines.add(0, `Desired LoadBalancer IP:\t${spec.loadBalancerIP}`)
  if (spec.externalName) lines.add(0, `External Name:\t${spec.externalName}`)
  const ingress: KubeObject[] = status.loadBalancer?.ingress ?? []
  if (ingress.length > 0) {
    lines.add(
      0,
      `LoadBalancer Ingress:\t${ingress.map((one) => (one.ip ? `${one.ip}${one.ipMode ? ` (${one.ipMode})` : ''}` : one.hostname)).join(', ')}`,
    )
  }
  for (const port of spec.ports ?? []) {
    const name = port.name || '<unset>'
    lines.add(0, `Port:\t${name}\t${port.port}/${port.protocol}`)
    lines.add(0, `TargetPort:\t${port.targetPort}/${port.protocol}`)
    if (port.nodePort) lines.add(0, `NodePort:\t${name}\t${port.nodePort}/${port.protocol}`)
    lines.add(0, `Endpoints:\t${endpointsText(slices, port.name ?? '')}`)
  }
  lines.add(0, `Session Affinity:\t${spec.sessionAffinity ?? ''}`)
  if (spec.externalTrafficPolicy) lines.add(0, `External Traffic Policy:\t${spec.externalTrafficPolicy}`)
  if (spec.internalTrafficPolicy) lines.add(0, `Internal Traffic Policy:\t${spec.internalTrafficPolicy}`)
  if (spec.trafficDistribution) lines.add(0, `Traffic Distribution:\t${spec.trafficDistribution}`)
  if (spec.healthCheckNodePort) lines.add(0, `HealthCheck NodePort:\t${spec.healthCheckNodePort}`)
  if (spec.loadBalancerSourceRanges?.length)
    lines.add(0, `LoadBalancer Source Ranges:\t${spec.loadBalancerSourceRanges.join(',')}`)
}

function* slicesOf(
  describing: Describing,
  namespace: string,
  service: string,
): Blocking<readonly KubeObject[]> {
  return yield* describing.list(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, {
    labelSelector: `kubernetes.io/service-name=${service}`,
  })
}

/** The ready addresses of a port: three, and how many more. */
function endpointsText(slices: readonly KubeObject[], portName: string): string {
  if (slices.length === 0) return '<none>'
  const all: string[] = []
  for (const slice of slices) {
    for (const port of slice.ports ?? []) {
      if ((port.name ?? '') !== portName) continue
      for (const endpoint of slice.endpoints ?? []) {
        if (endpoint.conditions?.ready === false) continue
        for (const address of endpoint.addresses)
          all.push(address.includes(':') ? `[${address}]:${port.port}` : `${address}:${port.port}`)
      }
    }
    // A slice without ports still says that there are addresses.
    if (!slice.ports?.length) {
      for (const endpoint of slice.endpoints ?? [])
        if (endpoint.conditions?.ready !== false) all.push(...endpoint.addresses)
    }
  }
  if (all.length > 3) return `${all.slice(0, 3).join(',')} + ${all.length - 3} more...`
  return all.join(',')
}

export const describeEndpoints: Describer = (lines, endpoints) => {
  const { metadata, subsets = [] } = endpoints
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  addLabels(lines, 0, 'Labels', metadata.labels)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
  lines.add(0, 'Subsets:')
  for (const subset of subsets) {
    const ips = (list: readonly KubeObject[] | undefined): string =>
      list?.map((one) => one.ip).join(',') || '<none>'
    lines.add(1, `Addresses:\t${ips(subset.addresses)}`)
    lines.add(1, `NotReadyAddresses:\t${ips(subset.notReadyAddresses)}`)
    if (subset.ports?.length) {
      lines.add(1, 'Ports:')
      lines.table(
        2,
        ['Name', 'Port', 'Protocol'],
        subset.ports.map((port: KubeObject) => [port.name || '<unset>', String(port.port), port.protocol]),
      )
    }
    lines.add(0, '')
  }
}

export const describeEndpointSlice: Describer = (lines, slice) => {
  const { metadata } = slice
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  addLabels(lines, 0, 'Labels', metadata.labels)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
  lines.add(0, `AddressType:\t${slice.addressType}`)
  if (slice.ports?.length) {
    lines.add(0, 'Ports:')
    lines.table(
      1,
      ['Name', 'Port', 'Protocol'],
      slice.ports.map((port: KubeObject) => [
        port.name || '<unset>',
        String(port.port ?? '<unset>'),
        port.protocol ?? '',
      ]),
    )
  } else lines.add(0, 'Ports: <unset>')
  const endpoints: KubeObject[] = slice.endpoints ?? []
  if (endpoints.length === 0) return lines.add(0, 'Endpoints: <none>')
  lines.add(0, 'Endpoints:')
  for (const endpoint of endpoints) {
    lines.add(1, `- Addresses:\t${(endpoint.addresses ?? []).join(', ')}`)
    lines.add(2, 'Conditions:')
    lines.add(3, `Ready:\t${endpoint.conditions?.ready ?? '<unset>'}`)
    lines.add(2, `Hostname:\t${endpoint.hostname ?? '<unset>'}`)
    if (endpoint.targetRef) lines.add(2, `TargetRef:\t${endpoint.targetRef.kind}/${endpoint.targetRef.name}`)
    lines.add(2, `NodeName:\t${endpoint.nodeName ?? '<unset>'}`)
    lines.add(2, `Zone:\t${endpoint.zone ?? '<unset>'}`)
    if (endpoint.deprecatedTopology) addLabels(lines, 2, 'Topology', endpoint.deprecatedTopology)
  }
}

export const describeIngress: Describer = function* (lines, ingress, describing) {
  const { metadata, spec, status = {} } = ingress
  lines.add(0, `Name:\t${metadata.name}`)
  addLabels(lines, 0, 'Labels', metadata.labels)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  lines.add(
    0,
    `Address:\t${((status.loadBalancer?.ingress ?? []) as KubeObject[]).map((one) => one.ip ?? one.hostname).join(',')}`,
  )
  lines.add(0, `Ingress Class:\t${spec.ingressClassName ?? '<none>'}`)
  const fallback = spec.defaultBackend
    ? yield* backendText(describing, metadata.namespace, spec.defaultBackend)
    : '<default>'
  lines.add(0, `Default backend:\t${fallback}`)
  if (spec.tls?.length) {
    lines.add(0, 'TLS:')
    for (const { secretName, hosts } of spec.tls)
      lines.add(
        1,
        secretName
          ? `${secretName} terminates ${(hosts ?? []).join(',')}`
          : `SNI routes ${(hosts ?? []).join(',')}`,
      )
  }
  lines.add(0, 'Rules:')
  lines.add(1, 'Host\tPath\tBackends')
  lines.add(1, '----\t----\t--------')
  for (const rule of spec.rules ?? []) {
    if (!rule.http) continue
    lines.add(1, `${rule.host || '*'}\t`)
    for (const path of rule.http.paths) {
      const text = path.backend.service
        ? `${backendName(path.backend)} (${yield* backendEndpoints(describing, metadata.namespace, path.backend)})`
        : backendName(path.backend)
      lines.add(2, `\t${path.path ?? ''} \t${text}`)
    }
  }
  if (!spec.rules?.some((rule: KubeObject) => rule.http)) lines.add(1, `*\t*\t${fallback}`)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
}

function backendName(backend: KubeObject): string {
  if (!backend.service)
    return `APIGroup: ${backend.resource?.apiGroup ?? ''}, Kind: ${backend.resource?.kind}, Name: ${backend.resource?.name}`
  return `${backend.service.name}:${backend.service.port?.number || backend.service.port?.name || ''}`
}

function* backendText(describing: Describing, namespace: string, backend: KubeObject): Blocking<string> {
  if (!backend.service) return backendName(backend)
  return `${backendName(backend)} (${yield* backendEndpoints(describing, namespace, backend)})`
}

function* backendEndpoints(describing: Describing, namespace: string, backend: KubeObject): Blocking<string> {
  const service = yield* describing.get(`/api/v1/namespaces/${namespace}/services/${backend.service.name}`)
  if (!service) return `<error: services "${backend.service.name}" not found>`
  const { number, name } = backend.service.port ?? {}
  const port = (service.spec.ports as KubeObject[]).find((one) =>
    number ? one.port === number : one.name === name,
  )
  return endpointsText(yield* slicesOf(describing, namespace, backend.service.name), port?.name ?? '')
}

export const describeNetworkPolicy: Describer = (lines, policy) => {
  const { metadata, spec } = policy
  lines.add(0, `Name:\t${metadata.name}`)
  lines.add(0, `Namespace:\t${metadata.namespace}`)
  lines.add(
    0,
    `Created on:\t${String(metadata.creationTimestamp ?? '')
      .replace('T', ' ')
      .replace('Z', ' +0000 UTC')}`,
  )
  addLabels(lines, 0, 'Labels', metadata.labels)
  addAnnotations(lines, 0, 'Annotations', metadata.annotations)
  lines.add(0, 'Spec:')
  const selector = selectorText(spec.podSelector ?? {})
  lines.add(
    1,
    `PodSelector:     ${selector === '<none>' ? '<none> (Allowing the specific traffic to all pods in this namespace)' : selector}`,
  )
  addRules(lines, 'ingress', 'from', 'From', spec.policyTypes?.includes('Ingress'), spec.ingress)
  addRules(lines, 'egress', 'to', 'To', spec.policyTypes?.includes('Egress'), spec.egress)
  lines.add(1, `Policy Types: ${(spec.policyTypes ?? []).join(', ')}`)
}

function addRules(
  lines: Lines,
  direction: string,
  key: string,
  title: string,
  enabled: boolean,
  rules: readonly KubeObject[] | undefined,
): void {
  if (!enabled) return lines.add(1, `Not affecting ${direction} traffic`)
  lines.add(1, `Allowing ${direction} traffic:`)
  if (!rules?.length) {
    return lines.add(2, `<none> (Selected pods are isolated for ${direction} connectivity)`)
  }
  rules.forEach((rule, i) => {
    if (!rule.ports?.length) lines.add(2, 'To Port: <any> (traffic allowed to all ports)')
    for (const port of rule.ports ?? [])
      lines.add(
        2,
        `To Port: ${port.port ?? '<any>'}${port.endPort ? `-${port.endPort}` : ''}/${port.protocol ?? 'TCP'}`,
      )
    const peers: KubeObject[] = rule[key] ?? []
    if (peers.length === 0)
      lines.add(2, `${title}: <any> (traffic not restricted by ${key === 'from' ? 'source' : 'destination'})`)
    for (const peer of peers) {
      lines.add(2, `${title}:`)
      if (peer.ipBlock) {
        lines.add(3, 'IPBlock:')
        lines.add(4, `CIDR: ${peer.ipBlock.cidr}`)
        lines.add(4, `Except: ${(peer.ipBlock.except ?? []).join(', ')}`)
      }
      if (peer.namespaceSelector) lines.add(3, `NamespaceSelector: ${selectorText(peer.namespaceSelector)}`)
      if (peer.podSelector) lines.add(3, `PodSelector: ${selectorText(peer.podSelector)}`)
    }
    if (i < rules.length - 1) lines.add(2, '----------')
  })
}
