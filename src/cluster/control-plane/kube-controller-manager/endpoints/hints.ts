import type { EndpointHints } from '../../../../api/index.ts'

/** Which zones and nodes an endpoint is meant for, by the Service's `trafficDistribution`. */
export function hintsFor(
  trafficDistribution: string,
  nodeName: string | undefined,
  zone: string | undefined,
): EndpointHints | undefined {
  const isByNode = trafficDistribution === 'PreferSameNode'
  const isByZone =
    isByNode || trafficDistribution === 'PreferSameZone' || trafficDistribution === 'PreferClose'
  const forZones = isByZone && zone ? { forZones: [{ name: zone }] } : {}
  const forNodes = isByNode && nodeName ? { forNodes: [{ name: nodeName }] } : {}
  const hints = { ...forZones, ...forNodes }
  return 'forZones' in hints || 'forNodes' in hints ? hints : undefined
}
