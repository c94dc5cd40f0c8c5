/** Which kinds the API server serves: asked of the server itself, by discovery. */
import { session } from '../state/session.svelte.ts'
import type { ServedKind } from './schema.ts'

interface ResourceList {
  readonly groupVersion?: string
  readonly resources?: readonly {
    readonly name: string
    readonly kind: string
    readonly verbs?: readonly string[]
  }[]
}

export async function servedKinds(): Promise<ServedKind[]> {
  const groups = (await get('/apis')) as {
    groups?: readonly { versions: readonly { groupVersion: string }[] }[]
  }
  const versions = (groups.groups ?? []).flatMap(({ versions: all }) =>
    all.map(({ groupVersion }) => `/apis/${groupVersion}`),
  )
  const lists = await Promise.all(
    ['/api/v1', ...versions].map(async (path) => (await get(path)) as ResourceList),
  )
  return lists.flatMap(({ groupVersion = 'v1', resources = [] }) =>
    resources
      .filter(({ name, verbs = [] }) => !name.includes('/') && verbs.includes('create'))
      .map(({ kind }) => ({ apiVersion: groupVersion, kind })),
  )
}

async function get(path: string): Promise<unknown> {
  return (await session.call('request', { method: 'GET', path })).body
}
