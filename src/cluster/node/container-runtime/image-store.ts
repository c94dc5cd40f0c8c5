import type { Image, ImageRegistry } from '../../images/index.ts'
import type { Simulation } from '../../../sim/index.ts'

/** Names by which a node knows an image, as its Node object lists them. */
export interface StoredImage {
  readonly image: Image
  /** In the order they were pulled by: `docker.io/library/nginx:1.27`. */
  readonly names: readonly string[]
}

export type PullResult = { readonly image: Image } | { readonly error: string }

/** Round trips to the registry for the token, the manifest and the config, in ms. */
const MANIFEST_MS = 180
/** What a registry takes to say no. */
const REFUSAL_MS = 8
/** Unpacking goes on while layers still come; this is what is left at the end, in ms a MB. */
const UNPACK_MS_PER_MB = 1

/** The images that one node has. Pulls of the same image at the same time are one pull. */
export class ImageStore {
  readonly #registry: ImageRegistry
  readonly #simulation: Simulation
  readonly #nodeName: string
  readonly #images = new Map<Image, string[]>()
  readonly #byName = new Map<string, Image>()
  readonly #pulling = new Map<string, ((result: PullResult) => void)[]>()

  constructor(options: {
    readonly registry: ImageRegistry
    readonly simulation: Simulation
    readonly nodeName: string
  }) {
    this.#registry = options.registry
    this.#simulation = options.simulation
    this.#nodeName = options.nodeName
  }

  /** The image that a reference means, if the node has it. */
  find(reference: string): Image | undefined {
    const known = this.#byName.get(reference)
    if (known) return known
    const resolution = this.#registry.resolve(reference)
    return 'image' in resolution && this.#images.get(resolution.image)?.includes(resolution.canonical)
      ? resolution.image
      : undefined
  }

  list(): readonly StoredImage[] {
    return [...this.#images].map(([image, names]) => ({ image, names }))
  }

  /** Puts an image there without pulling it, as a node's disk comes with some. */
  preload(reference: string): void {
    const resolution = this.#registry.resolve(reference)
    if ('image' in resolution) this.#store(reference, resolution.canonical, resolution.image)
  }

  /** @param done gets the image, or containerd's error; never before `pull` returns */
  pull(reference: string, done: (result: PullResult) => void): void {
    const waiting = this.#pulling.get(reference)
    if (waiting) {
      waiting.push(done)
      return
    }
    this.#pulling.set(reference, [done])
    const resolution = this.#registry.resolve(reference)
    const finish = (result: PullResult) => {
      const all = this.#pulling.get(reference) ?? []
      this.#pulling.delete(reference)
      for (const each of all) each(result)
    }
    if ('error' in resolution) {
      this.#simulation.schedule(REFUSAL_MS, () =>
        finish({ error: refusal(resolution.error, resolution.canonical) }),
      )
      return
    }
    const { image, canonical } = resolution
    const takesMs = this.#images.has(image) ? MANIFEST_MS : this.#pullMs(image)
    this.#simulation.schedule(takesMs, () => {
      this.#store(reference, canonical, image)
      finish({ image })
    })
  }

  /** For all layers: what is there already is not pulled again, but no image shares layers with another here. */
  #pullMs({ sizeBytes }: Image): number {
    const random = this.#simulation.random(`image pulls ${this.#nodeName}`)
    const transferMs = (sizeBytes / this.#registry.bandwidth) * 1000
    return MANIFEST_MS + transferMs * random.between(0.9, 1.2) + (sizeBytes / 1e6) * UNPACK_MS_PER_MB
  }

  #store(reference: string, canonical: string, image: Image): void {
    this.#byName.set(reference, image)
    const names = this.#images.get(image)
    if (!names) this.#images.set(image, [canonical])
    else if (!names.includes(canonical)) names.push(canonical)
  }
}

/** containerd's words, with the code that its gRPC error carried where it had one. */
function refusal(error: 'invalid' | 'no-such-tag' | 'no-such-repository', canonical: string): string {
  const failed = `failed to pull and unpack image "${canonical}": failed to resolve image`
  if (error === 'no-such-tag') return `rpc error: code = NotFound desc = ${failed}: ${canonical}: not found`
  if (error === 'invalid') return `failed to parse reference "${canonical}": invalid reference format`
  return `${failed}: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`
}
