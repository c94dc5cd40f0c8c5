/** A session as text for a link or a file: seed, lesson and inputs, compressed where it travels in a URL. */
import type { StoredSession } from '../../worker/client.ts'

const PREFIX = '#session='

/** The URL of this page with the whole session in its fragment, which no server ever sees. */
export async function shareLink(stored: StoredSession): Promise<string> {
  const compressed = new Blob([JSON.stringify(stored)])
    .stream()
    .pipeThrough(new CompressionStream('deflate-raw'))
  const bytes = new Uint8Array(await new Response(compressed).arrayBuffer())
  return location.href.replace(/#.*$/, '') + PREFIX + toBase64Url(bytes)
}

/** The session in a fragment; undefined when there is none or it cannot be read. */
export async function readShared(fragment: string): Promise<StoredSession | undefined> {
  if (!fragment.startsWith(PREFIX)) return undefined
  try {
    const bytes = fromBase64Url(fragment.slice(PREFIX.length))
    const text = await new Response(
      new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')),
    ).text()
    return parseSession(text)
  } catch {
    return undefined
  }
}

/** @throws Error when `text` is no exported session. */
export function parseSession(text: string): StoredSession {
  const value: unknown = JSON.parse(text)
  const stored = value as Partial<StoredSession> | null
  if (
    typeof stored !== 'object' ||
    stored === null ||
    typeof stored.seed !== 'number' ||
    !Array.isArray(stored.log)
  ) {
    throw new Error('This is not a session exported from here.')
  }
  return {
    seed: stored.seed,
    version: String(stored.version ?? ''),
    log: stored.log,
    ...(stored.lesson ? { lesson: String(stored.lesson) } : {}),
  }
}

function toBase64Url(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0))
}
