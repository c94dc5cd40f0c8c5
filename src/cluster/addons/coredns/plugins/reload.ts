import type { Plugin } from '../plugin.ts'

/** Looks at the Corefile from time to time and starts anew when it has changed: see `program.ts`, which does it. */
export const reload: Plugin = { name: 'reload', setUp: () => ({}) }

/** How often the Corefile is looked at, plus up to half of it by chance. */
export const RELOAD_INTERVAL_MS = 30_000
export const RELOAD_JITTER_MS = 15_000
