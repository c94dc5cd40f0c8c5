import type { Image } from './image.ts'
import { IMAGES } from './index.ts'
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

/** All registries of the world, as far as this world goes: the images of `index.ts` and `extra` ones. */
export function createImageRegistry(extra: readonly Image[] = []): ImageRegistry {
  const byRepository = new Map<string, Image[]>()
  for (const image of [...IMAGES, ...extra]) {
    byRepository.set(image.name, [...(byRepository.get(image.name) ?? []), image])
  }
  return {
    bandwidth: BYTES_PER_SECOND,
    resolve(text) {
      const reference = parseReference(text)
      if (!reference) return { error: 'invalid', canonical: text }
      const { repository, tag, digest, canonical } = reference
      const images = byRepository.get(repository)
      if (!images) return { error: 'no-such-repository', canonical }
      const found = images.find((image) =>
        digest ? image.digest === digest : image.tags.includes(tag ?? 'latest'),
      )
      return found ? { image: found, canonical } : { error: 'no-such-tag', canonical }
    },
  }
}
