/** An image's name taken apart, after Docker's rules for names in short. */
export interface Reference {
  /** `docker.io/library/nginx`. */
  readonly repository: string
  /** Absent when there is a digest and no tag. */
  readonly tag?: string
  readonly digest?: string
  /** In full, as containerd prints it: `docker.io/library/nginx:1.27`. */
  readonly canonical: string
}

const PATTERN = /^(?<path>[^@]+?)(?::(?<tag>[\w][\w.-]{0,127}))?(?:@(?<digest>[a-z0-9]+:[a-fA-F0-9]{32,}))?$/

/** Undefined when the text is no reference (upper-case letters, empty parts): `InvalidImageName`. */
export function parseReference(text: string): Reference | undefined {
  const match = PATTERN.exec(text)
  if (!match) return undefined
  const { path = '', tag, digest } = match.groups!
  const [first = '', ...rest] = path.split('/')
  const hasDomain = rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost')
  const domain = hasDomain ? first : 'docker.io'
  const name = hasDomain ? rest.join('/') : path
  if (!/^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/.test(name))
    return undefined
  const repository = `${domain}/${domain === 'docker.io' && !name.includes('/') ? `library/${name}` : name}`
  const effectiveTag = tag ?? (digest ? undefined : 'latest')
  const canonical = repository + (effectiveTag ? `:${effectiveTag}` : '') + (digest ? `@${digest}` : '')
  return { repository, canonical, ...(effectiveTag && { tag: effectiveTag }), ...(digest && { digest }) }
}
