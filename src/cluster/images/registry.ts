import type { Image } from './image.ts'
import { publicImages } from './catalog.ts'
import { parseReference } from './reference.ts'

/** What a registry answers: an image, or why there is none. */
export type Resolution =
  | { readonly image: Image; readonly canonical: string }
  | { readonly error: 'invalid' | 'no-such-tag' | 'no-such-repository'; readonly canonical: string }

export interface ImageRegistry {
  /** Looks an image up by any of its names: `nginx`, `nginx:1.27`, `docker.io/library/nginx@sha256:...`. */
  resolve(reference: string): Resolution
  /** Bytes a second that a node pulls with. */
  readonly bandwidth: number
}

const BYTES_PER_SECOND = 100_000_000

/** All registries of the world, as far as this world goes: `extra` images, and those of `catalog.ts`. */
export function createImageRegistry(extra: readonly Image[] = []): ImageRegistry {
  const own = byRepository(extra)
  let others: ReadonlyMap<string, readonly Image[]> | undefined
  return {
    bandwidth: BYTES_PER_SECOND,
    resolve(text) {
      const reference = parseReference(text)
      if (!reference) return { error: 'invalid', canonical: text }
      const { repository, tag, digest, canonical } = reference
      const images = own.get(repository) ?? (others ??= byRepository(publicImages())).get(repository)
      if (!images) return { error: 'no-such-repository', canonical }
      const found = images.find((image) =>
        digest ? image.digest === digest : image.tags.includes(tag ?? 'latest'),
      )
      return found ? { image: found, canonical } : { error: 'no-such-tag', canonical }
    },
  }
}

function byRepository(images: readonly Image[]): ReadonlyMap<string, readonly Image[]> {
  const found = new Map<string, Image[]>()
  for (const image of images) found.set(image.name, [...(found.get(image.name) ?? []), image])
  return found
}
