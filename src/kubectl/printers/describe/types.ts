import type { Blocking } from '../../../os/process.ts'
import type { KubeObject } from '../../api.ts'
import type { Lines } from './lines.ts'

/** What a describer may ask of the cluster. */
export interface Describing {
  readonly nowMs: number
  readonly showEvents: boolean
  /** A collection; an empty one when the server refuses. */
  list(path: string, query?: Readonly<Record<string, string | undefined>>): Blocking<readonly KubeObject[]>
  get(path: string): Blocking<KubeObject | undefined>
}

/** Writes everything about one object but its events. */
export type Describer = (lines: Lines, object: KubeObject, describing: Describing) => Blocking<void> | void
