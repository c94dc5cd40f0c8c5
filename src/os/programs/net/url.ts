/** The parts of a URL that programs here need. */
export interface Url {
  readonly scheme: string
  readonly host: string
  readonly port: number
  /** Whether the URL named the port. */
  readonly explicitPort: boolean
  /** Path and query; at least `/`. */
  readonly target: string
  readonly user: string | undefined
}

const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ftp: 21 }

/** A URL as curl and wget take it: the scheme may be missing. Undefined when there is no host in it. */
export function parseUrl(text: string): Url | undefined {
  const match =
    /^(?:([a-zA-Z][\w+.-]*):\/\/)?(?:([^@/?#]*)@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?([/?][^#]*)?(?:#.*)?$/.exec(
      text,
    )
  if (!match || match[3] === '') return undefined
  const scheme = (match[1] ?? 'http').toLowerCase()
  const path = match[5] ?? '/'
  const port = match[4] ? Number(match[4]) : (PORTS[scheme] ?? 80)
  if (port > 65_535) return undefined
  return {
    scheme,
    user: match[2],
    host: match[3]!.replace(/^\[|\]$/g, ''),
    port,
    explicitPort: Boolean(match[4]),
    target: path.startsWith('?') ? `/${path}` : path,
  }
}

/** The Host header: with the port where that is not the scheme's own. */
export function hostHeader({ host, port, scheme }: Url): string {
  const name = host.includes(':') ? `[${host}]` : host
  return port === PORTS[scheme] ? name : `${name}:${port}`
}

/** Where a Location header leads to. */
export function resolveLocation(base: Url, location: string): string {
  if (/^[a-zA-Z][\w+.-]*:\/\//.test(location)) return location
  const origin = `${base.scheme}://${hostHeader(base)}`
  if (location.startsWith('//')) return `${base.scheme}:${location}`
  if (location.startsWith('/')) return origin + location
  const directory = base.target.replace(/\?.*/, '').replace(/[^/]*$/, '')
  return origin + directory + location
}

/** The name a download gets on disk. */
export function fileNameOf({ target }: Url): string {
  return target.replace(/\?.*/, '').replace(/^.*\//, '')
}
