import { VERSION } from '../cluster/version.ts'

/** What the build appends to the worker's name: a hash of its code. */
const build = /-([\w-]{8,})\.js$/.exec(globalThis.location?.pathname ?? '')?.[1]

/** Release and build of this worker: a log is sure to replay equally only on the very engine that made it. */
export const engineVersion = build ? `${VERSION}+${build}` : VERSION
