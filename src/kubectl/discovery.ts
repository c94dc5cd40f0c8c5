import type { Blocking } from '../os/process.ts'
import type { Api } from './api.ts'
import { CommandError, ConnectionError } from './errors.ts'

/** One kind of resource that the server has, from its aggregated discovery document. */
export interface ResourceType {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly subresources: readonly string[]
}

interface DiscoveryDocument {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string }
    readonly versions: readonly {
      readonly version: string
      readonly resources?: readonly {
        readonly resource: string
        readonly responseKind?: { readonly group: string; readonly version: string; readonly kind: string }
        readonly scope: 'Namespaced' | 'Cluster'
        readonly singularResource?: string
        readonly verbs: readonly string[]
        readonly shortNames?: readonly string[]
        readonly categories?: readonly string[]
        readonly subresources?: readonly { readonly subresource: string }[]
      }[]
    }[]
  }[]
}

const ACCEPT =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'

/** What the server serves, in its order of preference; read once an invocation, when first needed. */
export class Discovery {
  private readonly api: Api
  private types: readonly ResourceType[] | undefined
  /** Why it did not answer when it was asked. */
  failure: ConnectionError | undefined
  /** How often kubectl asks before it gives up, for each of which it logs a failure. */
  tries = 5

  private readonly warn: (text: string) => void

  constructor(api: Api, warn: (text: string) => void) {
    this.api = api
    this.warn = warn
  }

  /** Every resource of every version, preferred versions first within a group. */
  *all(): Blocking<readonly ResourceType[]> {
    if (!this.types) {
      const core = yield* this.first()
      const groups = yield* this.api.get<DiscoveryDocument>('/apis', { timeout: '32s' }, ACCEPT)
      this.types = [...readTypes(core), ...readTypes(groups)]
    }
    return this.types
  }

  private *first(): Blocking<DiscoveryDocument> {
    try {
      return yield* this.api.get<DiscoveryDocument>('/api', { timeout: '32s' }, ACCEPT)
    } catch (error) {
      if (error instanceof ConnectionError) this.failure = error
      throw error
    }
  }

  /** Each resource once, in its group's preferred version. */
  *preferred(): Blocking<readonly ResourceType[]> {
    const seen = new Set<string>()
    return (yield* this.all()).filter((type) => {
      const key = `${type.plural}.${type.group}`
      return seen.has(key) ? false : (seen.add(key), true)
    })
  }

  /** `group/version` strings as `api-versions` lists them. */
  *versions(): Blocking<readonly string[]> {
    return [...new Set((yield* this.all()).map(groupVersion))]
  }

  /** What a learner calls a type: plural, singular, short name, kind, `deployments.apps`, `deployments.v1.apps`. */
  *find(name: string): Blocking<ResourceType | undefined> {
    const types = yield* this.all()
    const [resource = '', ...rest] = name.toLowerCase().split('.')
    if (rest.length > 0) {
      const suffix = rest.join('.')
      const [version = '', ...group] = rest
      const versioned = matches(types, resource).find(
        (type) => type.version === version && type.group === group.join('.'),
      )
      const grouped = matches(types, resource).find(
        (type) => type.group === suffix || (suffix !== '' && type.group.startsWith(`${suffix}.`)),
      )
      if (versioned && group.length > 0) return versioned
      if (grouped) return grouped
      return undefined
    }
    const [first, ...others] = matches(types, resource)
    const rival = others.find((type) => type.group !== first?.group)
    if (first?.shortNames.includes(resource) && rival) {
      this.warn(`short name "${resource}" could also match lower priority resource ${qualifiedPlural(rival)}`)
    }
    return first
  }

  /** @throws CommandError `the server doesn't have a resource type "x"` */
  *mustFind(name: string): Blocking<ResourceType> {
    const type = yield* this.find(name)
    if (!type) throw new CommandError(`the server doesn't have a resource type "${name.split('.')[0]}"`)
    return type
  }

  *forKind(apiVersion: string, kind: string): Blocking<ResourceType | undefined> {
    return (yield* this.all()).find((type) => type.kind === kind && groupVersion(type) === apiVersion)
  }
}

/** Exact plural or singular first, then short names: the core group and earlier groups win. */
function matches(types: readonly ResourceType[], name: string): readonly ResourceType[] {
  const exact = types.filter(
    (type) => type.plural === name || type.singular === name || type.kind.toLowerCase() === name,
  )
  return exact.length > 0 ? exact : types.filter((type) => type.shortNames.includes(name))
}

function readTypes(document: DiscoveryDocument): ResourceType[] {
  return (document.items ?? []).flatMap((group) =>
    group.versions.flatMap((version) =>
      (version.resources ?? []).map((resource) => ({
        group: group.metadata?.name ?? '',
        version: version.version,
        kind: resource.responseKind?.kind ?? '',
        plural: resource.resource,
        singular: resource.singularResource ?? '',
        shortNames: resource.shortNames ?? [],
        categories: resource.categories ?? [],
        namespaced: resource.scope === 'Namespaced',
        verbs: resource.verbs,
        subresources: (resource.subresources ?? []).map((sub) => sub.subresource),
      })),
    ),
  )
}

/** `v1`, `apps/v1`. */
export function groupVersion(type: Pick<ResourceType, 'group' | 'version'>): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`
}

/** `pods`, `deployments.apps`: as messages name a type. */
export function qualifiedPlural(type: Pick<ResourceType, 'group' | 'plural'>): string {
  return type.group === '' ? type.plural : `${type.plural}.${type.group}`
}

/** `Pod`, `Deployment.apps`: as messages name a kind. */
export function kindWithGroup(type: Pick<ResourceType, 'group' | 'kind'>): string {
  return type.group === '' ? type.kind : `${type.kind}.${type.group}`
}

/** `pod`, `deployment.apps`: the first half of `pod/x` in what kubectl prints. */
export function qualifiedKind(type: Pick<ResourceType, 'group' | 'kind'>): string {
  return type.group === '' ? type.kind.toLowerCase() : `${type.kind.toLowerCase()}.${type.group}`
}
