/** A session as text for a link or a file: seed, lesson and inputs, compressed where it travels in a URL. */
import type { StoredSession } from '../../worker/client.ts'
import { pageOf } from './course.ts'

const PREFIX = '#session='

/** The URL of the session's page with the whole session in its fragment, which no server ever sees. */
export async function shareLink(stored: StoredSession): Promise<string> {
  const compressed = new Blob([sessionFile(stored)])
    .stream()
    .pipeThrough(new CompressionStream('deflate-raw'))
  const bytes = new Uint8Array(await new Response(compressed).arrayBuffer())
  const page = new URL(pageOf(stored.lesson)?.href ?? '', location.href)
  page.hash = PREFIX + toBase64Url(bytes)
  return page.href
}

/** The session in a fragment; undefined when there is none. @throws Error when it cannot be read. */
export async function readShared(fragment: string): Promise<StoredSession | undefined> {
  if (!fragment.startsWith(PREFIX)) return undefined
  const bytes = fromBase64Url(fragment.slice(PREFIX.length))
  const text = await new Response(
    new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')),
  ).text()
  return parseSession(text)
}

/** The session as a file: the form that every tool of this project reads. */
export function sessionFile({ seed, version, lesson, log }: StoredSession): string {
  const file = { tabernetes: 'session/v1', version, seed, ...(lesson ? { lesson } : {}), entries: log }
  return JSON.stringify(file, null, 1)
}

/** Reads a link's or a file's text. @throws Error when it is no exported session. */
export function parseSession(text: string): StoredSession {
  const file = parsed(text)
  if (file?.tabernetes !== 'session/v1' || typeof file.seed !== 'number' || !Array.isArray(file.entries))
    throw new Error('This is not a session exported from here.')
  const lesson = file.lesson === undefined ? undefined : String(file.lesson)
  if (!pageOf(lesson)) throw new Error(`This session belongs to a lesson that is not here: ${lesson}.`)
  return {
    seed: file.seed,
    version: String(file.version ?? ''),
    log: file.entries as StoredSession['log'],
    ...(lesson === undefined ? {} : { lesson }),
  }
}

type SessionFile = { readonly tabernetes?: unknown; readonly seed?: unknown } & Readonly<
  Record<'version' | 'lesson' | 'entries', unknown>
>

function parsed(text: string): SessionFile | null {
  try {
    return JSON.parse(text) as SessionFile | null
  } catch {
    return null
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
