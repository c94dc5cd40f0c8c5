import type { Location, Server } from './settings.ts'

/** The server of a request: by name among those listening where it came in, else the default one there. */
export function chooseServer(
  servers: readonly Server[],
  port: number,
  hostHeader: string,
): Server | undefined {
  const here = servers.filter(({ listens }) => listens.some((listen) => listen.port === port))
  const name = hostHeader.replace(/:\d+$/, '').toLowerCase()
  return (
    here.find(({ names }) => names.some((pattern) => pattern.toLowerCase() === name)) ??
    here.find(({ names }) => names.some((pattern) => matchesWildcard(pattern.toLowerCase(), name))) ??
    here.find(({ listens }) => listens.some((listen) => listen.port === port && listen.isDefault)) ??
    here[0]
  )
}

function matchesWildcard(pattern: string, name: string): boolean {
  if (pattern.startsWith('~')) return new RegExp(pattern.slice(1)).test(name)
  if (pattern.startsWith('*.')) return name.endsWith(pattern.slice(1)) && name.length > pattern.length - 1
  if (pattern.startsWith('.')) return name === pattern.slice(1) || name.endsWith(pattern)
  return pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1))
}

/** nginx's rule: exact; else the longest prefix, unless a regular expression matches and the prefix is not `^~`. */
export function chooseLocation(server: Server, path: string): Location | undefined {
  const exact = server.locations.find(({ modifier, pattern }) => modifier === '=' && pattern === path)
  if (exact) return exact
  const longest = server.locations
    .filter(({ modifier, pattern }) => (modifier === '' || modifier === '^~') && path.startsWith(pattern))
    .sort((a, b) => b.pattern.length - a.pattern.length)[0]
  if (longest?.modifier === '^~') return longest
  return server.locations.find(({ expression }) => expression?.test(path)) ?? longest
}
