import { Informer, type Client } from '../../../client/index.ts'
import type { KubernetesObject, Resource } from '../../../api/resource.ts'
import { wait, type Blocking } from '../../../os/index.ts'

interface Watched<T extends KubernetesObject> {
  readonly informer: Informer<T>
  readonly listeners: Set<() => void>
  references: number
}

/**
 * ConfigMaps or Secrets that Pods of this node refer to: each is watched by its name, as long as somebody refers to
 * it. That is all a kubelet may see of them.
 */
export class ReferencedObjects<T extends KubernetesObject> {
  readonly #client: Client
  readonly #resource: Resource<T>
  readonly #watched = new Map<string, Watched<T>>()

  constructor(client: Client, resource: Resource<T>) {
    this.#client = client
    this.#resource = resource
  }

  /** Begins to watch. @param changed called when the object comes, changes or goes. @returns ends it */
  refer(namespace: string, name: string, changed: () => void): () => void {
    const key = `${namespace}/${name}`
    let watched = this.#watched.get(key)
    if (!watched) {
      const informer = new Informer(this.#client, this.#resource, {
        namespace,
        fieldSelector: `metadata.name=${name}`,
      })
      watched = { informer, listeners: new Set(), references: 0 }
      this.#watched.set(key, watched)
      const { listeners } = watched
      informer.onChange(() => {
        for (const listener of [...listeners]) listener()
      })
      informer.start()
    }
    const mine = watched
    mine.references++
    mine.listeners.add(changed)
    return () => {
      mine.listeners.delete(changed)
      if (--mine.references > 0) return
      mine.informer.stop()
      this.#watched.delete(key)
    }
  }

  /** Of something referred to: waits until the server has answered. */
  *arrived(namespace: string, name: string): Blocking<void> {
    const watched = this.#watched.get(`${namespace}/${name}`)
    if (!watched || watched.informer.synced) return
    yield* wait<void>((resume) => {
      const listener = () => resume()
      watched.listeners.add(listener)
      return () => watched.listeners.delete(listener)
    })
    yield* this.arrived(namespace, name)
  }

  get(namespace: string, name: string): T | undefined {
    return this.#watched.get(`${namespace}/${name}`)?.informer.get(namespace, name)
  }

  stop(): void {
    for (const { informer } of this.#watched.values()) informer.stop()
    this.#watched.clear()
  }
}
