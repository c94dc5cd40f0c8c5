import type { KubernetesObject, Resource } from '../api/resource.ts'
import type { Random, Simulation } from '../sim/index.ts'
import type { Write } from './write.ts'
import type { IndexFunction } from './informer.ts'

/**
 * The shape of every controller: look at one object and what belongs to it, say what should be written. It is
 * level-based: changes only wake it, and what it then does depends on the state alone. It does not wait, and it
 * never sees a cache older than its own last writes.
 */
export interface ControllerDefinition<T extends KubernetesObject> {
  /** Kubernetes' name of it, also the source of its events: `replicaset-controller`. */
  readonly name: string
  /** One reconciliation per object of this kind. */
  readonly for: Resource<T>
  /** Kinds of objects that it makes: a change of one wakes its owner (`controller: true`). */
  readonly owns?: readonly Resource[]
  /** Whatever else wakes it. */
  readonly watches?: readonly Watch[]
  readonly indexes?: readonly IndexDeclaration[]
  /** How many objects may be reconciled at the same time. Default 5, as most of kube-controller-manager's. */
  readonly workers?: number
  /** Changes of what it owns are gathered for so long, in ms, before it looks. Default: 0. */
  readonly batchMs?: number
  /** How soon what failed is tried again. Default: 5 ms, doubling to 1000 s. */
  readonly backoff?: { readonly firstMs: number; readonly longestMs: number }
  /** Which changes of its own object matter. Default: all. */
  readonly wakesFor?: (next: T | undefined, previous: T | undefined) => boolean
  reconcile(object: T, context: ReconcileContext): readonly Write[]
  /** Called instead when the object of the key no longer exists. */
  gone?(key: string, context: ReconcileContext): readonly Write[]
}

export interface ReconcileContext {
  readonly simulation: Simulation
  readonly nowMs: number
  /** The controller's own stream. */
  readonly random: Random
  get<U extends KubernetesObject>(
    resource: Resource<U>,
    namespace: string | undefined,
    name: string,
  ): U | undefined
  list<U extends KubernetesObject>(resource: Resource<U>, namespace?: string): readonly U[]
  byIndex<U extends KubernetesObject>(resource: Resource<U>, index: string, value: string): readonly U[]
  /** The objects of that kind whose controller is `owner`; the kind must be one of `owns`. */
  ownedBy<U extends KubernetesObject>(resource: Resource<U>, owner: KubernetesObject): readonly U[]
  /** The objects of that kind in a namespace that nobody controls; the kind must be one of `owns`. */
  orphans<U extends KubernetesObject>(resource: Resource<U>, namespace: string): readonly U[]
}

/** Which keys a change of another object wakes. Asked for the old and the new object: losing a label wakes too. */
export interface Watch<U extends KubernetesObject = never> {
  readonly resource: Resource<U>
  readonly keys: (object: U, context: ReconcileContext) => readonly string[]
  /** Says whether a change matters at all. Default: always. */
  readonly when?: (next: U | undefined, previous: U | undefined) => boolean
}

export interface IndexDeclaration<U extends KubernetesObject = never> {
  readonly resource: Resource<U>
  readonly name: string
  readonly valuesOf: IndexFunction<U>
}

/** A definition whose type of object no longer matters: what lists of controllers hold. */
export type Controller = ControllerDefinition<never>

export function controller<T extends KubernetesObject>(definition: ControllerDefinition<T>): Controller {
  return definition as unknown as Controller
}

export function watch<U extends KubernetesObject>(
  resource: Resource<U>,
  keys: Watch<U>['keys'],
  when?: Watch<U>['when'],
): Watch {
  return { resource, keys, ...(when && { when }) } as unknown as Watch
}

export function index<U extends KubernetesObject>(
  resource: Resource<U>,
  name: string,
  valuesOf: IndexFunction<U>,
): IndexDeclaration {
  return { resource, name, valuesOf } as unknown as IndexDeclaration
}
