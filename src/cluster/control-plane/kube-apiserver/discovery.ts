import type { Kind } from '../../../api/kind.ts'
import { apiVersionOf } from '../../../api/resource.ts'
import type { Answer, ApiRequest } from '../../../api/wire.ts'
import { hashOf } from './openapi.ts'
import { respond, respondCacheable } from './respond.ts'
import type { Server } from './context.ts'
import { REVIEWS, type Review } from './reviews.ts'

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** Groups in the order in which the real server lists them. */
const GROUP_ORDER = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
]

/** A resource as discovery lists it: one of the stored kinds, or something that can only be posted. */
interface Listed {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly subresources: Kind['subresources']
}

const BINDING = {
  group: '',
  version: 'v1',
  kind: 'Binding',
  plural: 'bindings',
  singular: 'binding',
  namespaced: true,
}

/** What is only posted. */
const posted = ({ group, version, kind, plural, singular, namespaced }: Omit<Review, 'status'>): Listed => ({
  group,
  version,
  kind,
  plural,
  singular,
  namespaced,
  shortNames: [],
  categories: [],
  verbs: ['create'],
  subresources: [],
})

function listed({ kinds }: Server): Listed[] {
  const all: Listed[] = [...kinds, ...REVIEWS.map(posted), posted(BINDING)]
  return all.sort((a, b) => (a.plural < b.plural ? -1 : 1))
}

interface GroupVersions {
  readonly group: string
  /** Newest first: the first is preferred. */
  readonly versions: readonly string[]
}

function groupsOf(all: readonly Listed[]): GroupVersions[] {
  return GROUP_ORDER.map((group) => ({
    group,
    versions: [...new Set(all.filter((one) => one.group === group).map(({ version }) => version))]
      .sort()
      .reverse(),
  })).filter(({ versions }) => versions.length > 0)
}

/** `/api`, `/apis`, `/api/v1`, `/apis/apps`, `/apis/apps/v1`; undefined for any other path. */
export function discovery(server: Server, request: ApiRequest): Answer | undefined {
  const segments = request.path.split('/').filter((segment) => segment !== '')
  const [root, ...rest] = segments
  if ((root !== 'api' && root !== 'apis') || rest.length > (root === 'api' ? 1 : 2)) return undefined
  const all = listed(server)
  const groups = groupsOf(all).filter(({ group }) => (group === '') === (root === 'api'))
  if (rest.length === 0) return roots(server, request, all, groups, root)
  const group = root === 'api' ? '' : rest[0]!
  const found = groups.find((one) => one.group === group)
  const version = root === 'api' ? rest[0] : rest[1]
  if (!found) return undefined
  if (version === undefined) return respond(200, { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(found) })
  return found.versions.includes(version) ? respond(200, resourceList(all, group, version)) : undefined
}

function roots(
  server: Server,
  request: ApiRequest,
  all: readonly Listed[],
  groups: readonly GroupVersions[],
  root: string,
): Answer {
  if (request.accept?.includes('as=APIGroupDiscoveryList')) {
    const body = {
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2',
      metadata: {},
      items: groups.map((group) => aggregatedGroup(all, group)),
    }
    const answer = respondCacheable(request, hashOf(server, request.path), () => body)
    return answer.kind === 'response'
      ? { ...answer, response: { ...answer.response, contentType: AGGREGATED } }
      : answer
  }
  if (root === 'apis')
    return respond(200, { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(apiGroup) })
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: server.serverAddress }]
  return respond(200, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs })
}

function apiGroup({ group, versions }: GroupVersions): object {
  const list = versions.map((version) => ({ groupVersion: apiVersionOf({ group, version }), version }))
  return { name: group, versions: list, preferredVersion: list[0] }
}

function aggregatedGroup(all: readonly Listed[], { group, versions }: GroupVersions): object {
  return {
    metadata: group === '' ? {} : { name: group },
    versions: versions.map((version) => ({
      version,
      resources: all.filter((one) => one.group === group && one.version === version).map(aggregatedResource),
      freshness: 'Current',
    })),
  }
}

function aggregatedResource(one: Listed): object {
  return {
    resource: one.plural,
    responseKind: { group: '', version: '', kind: one.kind },
    scope: one.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: one.singular,
    verbs: one.verbs,
    ...(one.shortNames.length > 0 ? { shortNames: one.shortNames } : {}),
    ...(one.categories.length > 0 ? { categories: one.categories } : {}),
    ...(one.subresources.length > 0
      ? {
          subresources: one.subresources.map(({ name, kind, group = '', version = '', verbs }) => ({
            subresource: name,
            responseKind: { group, version, kind },
            verbs,
          })),
        }
      : {}),
  }
}

function resourceList(all: readonly Listed[], group: string, version: string): object {
  const resources = all
    .filter((one) => one.group === group && one.version === version)
    .flatMap((one) => [
      {
        name: one.plural,
        singularName: one.singular,
        namespaced: one.namespaced,
        kind: one.kind,
        verbs: one.verbs,
        ...(one.shortNames.length > 0 ? { shortNames: one.shortNames } : {}),
        ...(one.categories.length > 0 ? { categories: one.categories } : {}),
      },
      ...one.subresources.map(({ name, kind, group: itsGroup, version: itsVersion, verbs }) => ({
        name: `${one.plural}/${name}`,
        singularName: '',
        namespaced: one.namespaced,
        ...(itsGroup ? { group: itsGroup, version: itsVersion } : {}),
        kind,
        verbs,
      })),
    ])
  const head = {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf({ group, version }),
  }
  return { ...head, resources }
}
