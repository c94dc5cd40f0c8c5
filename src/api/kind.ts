import type { FieldErrors } from './field-errors.ts'
import type { Allocators } from './allocators.ts'
import type { KubernetesObject, Resource } from './resource.ts'

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

/** The verbs of nearly every kind, in discovery's order. */
export const ALL_VERBS: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
]

/** A subresource as discovery tells of it. What it does is kube-apiserver's. */
export interface Subresource {
  readonly name: string
  readonly kind: string
  /** Where its objects' type lives when that is not the parent's group and version. */
  readonly group?: string
  readonly version?: string
  readonly verbs: readonly string[]
}

export type Cell = string | number | boolean | null

/** A column of `kubectl get`. Priority 1 shows under `-o wide` only. */
export interface Column<T> {
  readonly name: string
  readonly type: 'string' | 'integer' | 'boolean' | 'date'
  readonly format: string
  readonly priority: number
  /** @param nowMs virtual time, for ages. */
  cell(object: T, nowMs: number): Cell
}

/** A field path that a field selector may name, and its value as text. */
export interface SelectableField<T> {
  readonly path: string
  value(object: T): string
}

/** What a kind may ask of the server while one of its objects is written. */
export interface WriteContext {
  readonly nowMs: number
  /** RFC 3339 of `nowMs`. */
  readonly timestamp: string
  readonly allocators: Allocators
}

/**
 * Everything about one kind of object. Methods take and return immutable objects; each may be left out.
 * kube-apiserver calls them in the order they are listed here.
 */
export interface Kind<T extends KubernetesObject = KubernetesObject> extends Resource<T> {
  /** The kind's name in the generated schema. */
  readonly definition: string
  readonly verbs: readonly Verb[]
  readonly subresources: readonly Subresource[]
  /** Field paths that a field selector may name, besides `metadata.name` and `metadata.namespace`. */
  readonly selectableFields: readonly SelectableField<T>[]
  readonly columns: readonly Column<T>[]
  /** The order of a table's rows, where it is not that of the names. */
  rowOrder?(a: T, b: T): number
  /** What a table says of a row besides its cells: that the object has come to its end. */
  rowConditions?(object: T): readonly object[] | undefined
  /** PUT of a name that does not exist creates it. */
  readonly createOnUpdate: boolean
  /** DELETE answers with the object, where most kinds answer with a Status. */
  readonly returnsDeleted: boolean
  /** How a name must look; a message per fault. Default: RFC 1123 subdomain. */
  validateName?(name: string): readonly string[]
  /** Fills what the user left out. Called on whatever is read from a client. */
  defaults?(object: T): T
  /** Resets what a client may not set on create (status, mostly) and sets what the server owns. */
  prepareForCreate?(object: T, context: WriteContext): T
  /** The same for an update through the main resource: keeps status, keeps what is allocated. */
  prepareForUpdate?(next: T, old: T, context: WriteContext): T
  validate?(object: T, errors: FieldErrors): void
  validateUpdate?(next: T, old: T, errors: FieldErrors): void
  /** Takes addresses and ports once the object is valid. Faults go to `errors`. */
  allocate?(next: T, old: T | undefined, context: WriteContext, errors: FieldErrors): T
  /** Faults of a new status, written through `/status`. */
  validateStatusUpdate?(next: T, old: T, errors: FieldErrors): void
  /** Gives back what `allocate` took. */
  release?(object: T, context: WriteContext): void
  /** Texts for Warning headers. */
  warnings?(next: T, old: T | undefined): readonly string[]
  /** Of a read or a write of any object of this kind. */
  readonly deprecation?: string
  /** Whether deletion waits for somebody: seconds of grace when none are asked for; undefined when there is nobody. */
  gracePeriodSeconds?(object: T): number | undefined
  /** Counts `metadata.generation`: a change of anything but metadata and status is a new one. */
  readonly tracksGeneration: boolean
  /** How `/scale` reads and writes the replicas. */
  readonly scale?: ScaleAccess<T>
  /** Set for a second version of a kind, which is stored and checked as the first. */
  readonly conversion?: Conversion<T>
}

/** How objects of one version become those of the version that is stored, and back. */
export interface Conversion<T> {
  readonly stored: Kind
  toStored(object: T): KubernetesObject
  fromStored(object: KubernetesObject): T
}

export interface ScaleAccess<T> {
  replicas(object: T): number
  statusReplicas(object: T): number
  /** The selector as a string, for `status.selector`. */
  selector(object: T): string
  withReplicas(object: T, replicas: number): T
}

type Defaulted =
  | 'group'
  | 'version'
  | 'singular'
  | 'shortNames'
  | 'categories'
  | 'definition'
  | 'verbs'
  | 'subresources'
  | 'selectableFields'
  | 'columns'
  | 'createOnUpdate'
  | 'returnsDeleted'
  | 'tracksGeneration'

/** Declares a kind; what most kinds share need not be said. */
export function kind<T extends KubernetesObject>(
  declaration: Omit<Kind<T>, Defaulted> & Partial<Pick<Kind<T>, Defaulted>>,
): Kind<T> {
  return {
    group: '',
    version: 'v1',
    singular: declaration.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    definition: declaration.kind,
    verbs: ALL_VERBS,
    subresources: [],
    selectableFields: [],
    columns: [],
    createOnUpdate: false,
    returnsDeleted: false,
    tracksGeneration: false,
    ...declaration,
  }
}

/** The `status` subresource, which most kinds with a controller have. */
export const statusOf = (kindName: string): Subresource => ({
  name: 'status',
  kind: kindName,
  verbs: ['get', 'patch', 'update'],
})

export const SCALE: Subresource = {
  name: 'scale',
  kind: 'Scale',
  group: 'autoscaling',
  version: 'v1',
  verbs: ['get', 'patch', 'update'],
}
