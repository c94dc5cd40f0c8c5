import type { FieldErrors } from '../../field-errors.ts'
import type { Service, ServicePort } from '../../generated/types.ts'
import { checkCidr, checkIP, checkNonSpecialIP, isIPv6, parseIPv4 } from '../../ip.ts'
import { checkDns1123Label, checkDns1123Subdomain, checkPortNumber, checkQualifiedName } from '../../names.ts'
import { validateLabels } from '../../object-meta.ts'
import { equal } from '../../objects.ts'
import { validatePort } from '../shared/probe-validation.ts'
import { isExternallyAccessible, isHeadless, needsClusterIP, needsHealthCheckNodePort } from './types.ts'

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const MAX_AFFINITY_SECONDS = 86_400

/** The faults of a Service, in the order of the real validation. */
export function validateService(service: Service, errors: FieldErrors): void {
  const spec = service.spec ?? {}
  if (!spec.ports?.length && !isHeadless(service) && spec.type !== 'ExternalName')
    errors.required('spec.ports')
  validateForType(service, errors)
  validatePorts(spec.ports ?? [], errors)
  validateLabels('spec.selector', spec.selector, errors)
  validateAffinity(service, errors)
  validateClusterIPs(service, errors)
  spec.externalIPs?.forEach((ip, index) =>
    errors.invalid(`spec.externalIPs[${index}]`, ip, ...checkNonSpecialIP(ip)),
  )
  if (!TYPES.includes(spec.type ?? '')) errors.notSupported('spec.type', spec.type ?? '', TYPES)
  validateNodePorts(service, errors)
  validateLoadBalancer(service, errors)
  validatePolicies(service, errors)
}

function validateForType({ spec = {} }: Service, errors: FieldErrors): void {
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') {
    if (spec.clusterIPs?.[0] === 'None')
      errors.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`)
  }
  if (spec.type !== 'ExternalName') return
  const externalName = spec.externalName?.replace(/\.$/, '')
  if (!externalName) errors.required('spec.externalName')
  else errors.invalid('spec.externalName', spec.externalName, ...checkDns1123Subdomain(externalName))
}

function validatePorts(ports: readonly ServicePort[], errors: FieldErrors): void {
  const names = new Set<string>()
  ports.forEach((port, index) => {
    const at = `spec.ports[${index}]`
    if (!port.name && ports.length > 1) errors.required(`${at}.name`)
    if (port.name) {
      errors.invalid(`${at}.name`, port.name, ...checkDns1123Label(port.name))
      if (names.has(port.name)) errors.duplicate(`${at}.name`, port.name)
      names.add(port.name)
    }
    errors.invalid(`${at}.port`, port.port ?? 0, ...checkPortNumber(port.port ?? 0))
    if (!PROTOCOLS.includes(port.protocol ?? ''))
      errors.notSupported(`${at}.protocol`, port.protocol ?? '', PROTOCOLS)
    validatePort(`${at}.targetPort`, port.targetPort, errors)
    if (port.appProtocol !== undefined)
      errors.invalid(`${at}.appProtocol`, port.appProtocol, ...checkQualifiedName(port.appProtocol))
  })
  const seen = new Set<string>()
  ports.forEach((port, index) => {
    const key = `${port.protocol}/${port.port}`
    if (seen.has(key)) {
      errors.duplicate(`spec.ports[${index}]`, {
        Name: '',
        Protocol: port.protocol,
        AppProtocol: null,
        Port: port.port,
        TargetPort: 0,
        NodePort: 0,
      })
    }
    seen.add(key)
  })
}

function validateAffinity({ spec = {} }: Service, errors: FieldErrors): void {
  if (spec.sessionAffinity !== 'ClientIP' && spec.sessionAffinity !== 'None') {
    errors.notSupported('spec.sessionAffinity', spec.sessionAffinity ?? '', ['ClientIP', 'None'])
  }
  const timeout = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds
  if (
    spec.sessionAffinity === 'ClientIP' &&
    timeout !== undefined &&
    (timeout <= 0 || timeout > MAX_AFFINITY_SECONDS)
  ) {
    errors.invalid(
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds',
      timeout,
      `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`,
    )
  }
}

/** clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy, which must agree with each other. */
export function validateClusterIPs(service: Service, errors: FieldErrors): void {
  const { clusterIP, clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = service.spec ?? {}
  if (!needsClusterIP(service)) {
    if (clusterIP) errors.forbidden('spec.clusterIPs', 'may not be set for ExternalName services')
    if (ipFamilies.length > 0) errors.forbidden('spec.ipFamilies', 'may not be set for ExternalName services')
    if (ipFamilyPolicy) errors.forbidden('spec.ipFamilyPolicy', 'may not be set for ExternalName services')
    return
  }
  if (clusterIP && clusterIPs.length > 0 && clusterIPs[0] !== clusterIP) {
    errors.invalid('spec.clusterIPs', clusterIPs, 'first value must match `clusterIP`')
  }
  const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack']
  if (ipFamilyPolicy && !policies.includes(ipFamilyPolicy))
    errors.notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, policies)
  ipFamilies.forEach((family, index) => {
    if (family !== 'IPv4' && family !== 'IPv6')
      errors.notSupported(`spec.ipFamilies[${index}]`, family, ['IPv4', 'IPv6'])
    else if (ipFamilies.indexOf(family) < index) errors.duplicate(`spec.ipFamilies[${index}]`, family)
  })
  clusterIPs.forEach((address, index) => {
    if (address === 'None') {
      if (clusterIPs.length > 1)
        errors.invalid('spec.clusterIPs', clusterIPs, "'None' must be the first and only value")
      return
    }
    errors.invalid(`spec.clusterIPs[${index}]`, address, ...checkIP(address))
    const family = ipFamilies[index]
    if (family === 'IPv6' && parseIPv4(address) !== undefined) {
      errors.invalid(
        `spec.clusterIPs[${index}]`,
        address,
        `expected an IPv6 value as indicated by \`ipFamilies[${index}]\``,
      )
    }
    if (family === 'IPv4' && isIPv6(address)) {
      errors.invalid(
        `spec.clusterIPs[${index}]`,
        address,
        `expected an IPv4 value as indicated by \`ipFamilies[${index}]\``,
      )
    }
  })
}

function validateNodePorts({ spec = {} }: Service, errors: FieldErrors): void {
  const ports = spec.ports ?? []
  const seen = new Set<string>()
  ports.forEach((port, index) => {
    const at = `spec.ports[${index}].nodePort`
    if (port.nodePort && (spec.type === 'ClusterIP' || spec.type === 'ExternalName')) {
      errors.forbidden(at, `may not be used when \`type\` is '${spec.type}'`)
    }
    if (!port.nodePort) return
    const key = `${port.protocol}/${port.nodePort}`
    if (seen.has(key)) errors.duplicate(at, port.nodePort)
    seen.add(key)
  })
}

function validateLoadBalancer({ spec = {} }: Service, errors: FieldErrors): void {
  const onlyBalanced = spec.type === 'LoadBalancer'
  spec.loadBalancerSourceRanges?.forEach((range, index) => {
    if (onlyBalanced)
      errors.invalid(`spec.LoadBalancerSourceRanges[${index}]`, range, ...checkCidr(range.trim()))
  })
  if (spec.loadBalancerSourceRanges?.length && !onlyBalanced)
    errors.forbidden('spec.LoadBalancerSourceRanges', "may only be used when `type` is 'LoadBalancer'")
  if (spec.allocateLoadBalancerNodePorts !== undefined && !onlyBalanced) {
    errors.forbidden('spec.allocateLoadBalancerNodePorts', "may only be used when `type` is 'LoadBalancer'")
  }
  if (spec.loadBalancerClass === undefined) return
  if (!onlyBalanced)
    errors.forbidden('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'")
  else
    errors.invalid(
      'spec.loadBalancerClass',
      spec.loadBalancerClass,
      ...checkQualifiedName(spec.loadBalancerClass),
    )
}

function validatePolicies(service: Service, errors: FieldErrors): void {
  const { externalTrafficPolicy, internalTrafficPolicy, healthCheckNodePort, trafficDistribution, type } =
    service.spec ?? {}
  if (externalTrafficPolicy !== undefined) {
    if (!isExternallyAccessible(service))
      errors.invalid(
        'spec.externalTrafficPolicy',
        externalTrafficPolicy,
        'may only be set for externally-accessible services',
      )
    else if (!['Cluster', 'Local'].includes(externalTrafficPolicy))
      errors.notSupported('spec.externalTrafficPolicy', externalTrafficPolicy, ['Cluster', 'Local'])
  }
  if (healthCheckNodePort && !needsHealthCheckNodePort(service)) {
    errors.invalid(
      'spec.healthCheckNodePort',
      healthCheckNodePort,
      "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    )
  }
  if (
    internalTrafficPolicy !== undefined &&
    type !== 'ExternalName' &&
    !['Cluster', 'Local'].includes(internalTrafficPolicy)
  ) {
    errors.notSupported('spec.internalTrafficPolicy', internalTrafficPolicy, ['Cluster', 'Local'])
  }
  const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode']
  if (trafficDistribution !== undefined && !distributions.includes(trafficDistribution)) {
    errors.notSupported('spec.trafficDistribution', trafficDistribution, distributions)
  }
}

export function validateServiceUpdate(next: Service, old: Service, errors: FieldErrors): void {
  if (errors.any || !needsClusterIP(next) || !needsClusterIP(old)) return
  const [before, after] = [old.spec?.clusterIPs ?? [], next.spec?.clusterIPs ?? []]
  if (before.length > 0 && before[0] !== '' && !equal(before[0], after[0])) {
    errors.invalid('spec.clusterIPs[0]', after, 'may not change once set')
  }
  const [family, nextFamily] = [old.spec?.ipFamilies?.[0], next.spec?.ipFamilies?.[0]]
  if (family && nextFamily && family !== nextFamily && equal(before[0], after[0]) && !errors.any) {
    errors.invalid('spec.ipFamilies[0]', next.spec?.ipFamilies, 'may not change once set')
  }
  if (
    old.spec?.type === 'LoadBalancer' &&
    next.spec?.type === 'LoadBalancer' &&
    old.spec.loadBalancerClass !== next.spec.loadBalancerClass
  ) {
    errors.invalid('spec.loadBalancerClass', next.spec.loadBalancerClass, 'may not change once set')
  }
}
