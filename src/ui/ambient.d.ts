/// <reference types="svelte" />
/// <reference types="vite/client" />

/** Made by `scripts/lessons/plugin.ts` from the folder `lessons/`. */
declare module 'virtual:lessons' {
  import type { LessonSource } from '../worker/protocol.ts'

  export interface LessonSummary {
    readonly id: string
    readonly title: string
    readonly steps: readonly {
      readonly id: string
      readonly title: string
      readonly tasks: readonly string[]
    }[]
    readonly duration?: string
    readonly difficulty?: string
    readonly seed?: number
    readonly layout?: { readonly top?: string; readonly bottom?: readonly string[] }
  }
  export const lessons: readonly LessonSummary[]
  export function loadLesson(id: string): Promise<LessonSource>
}
