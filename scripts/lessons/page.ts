/** Puts a lesson into the page's frame, and corrects the frame's links for the depth at which the page lies. */
import type { RenderedLesson } from './render.ts'

/** The page without a lesson. */
export const PLAYGROUND = 'play/index.html'

/** @param up how the page reaches the site's root: `''`, `'../'`, ... */
export function lessonPage(
  frame: string,
  lesson: (RenderedLesson & { id: string }) | undefined,
  up: string,
): string {
  const prose = lesson?.html ?? PLAYGROUND_PROSE
  return frame
    .replace('<!--title-->', escape(lesson ? `${lesson.title} · Tabernetes` : 'Tabernetes'))
    .replace(
      '<!--lesson-->',
      () => `<article id="prose" class="prose" data-lesson="${escape(lesson?.id ?? '')}">${prose}</article>`,
    )
    .replace('<html ', `<html data-root="${up || './'}" `)
    .replace(/(href|src)="\.\/(?!\/)/g, `$1="${up || './'}`)
}

const PLAYGROUND_PROSE = `<div class="intro"><h1>Your own cluster</h1>
<p>A whole Kubernetes cluster runs in this tab: three nodes, DNS, a cloud load balancer. Nothing you do here can break anything outside it.</p>
<p>Try <code>kubectl get nodes</code> in the terminal, or write a manifest in the YAML tab and apply it.</p></div>`

const escape = (text: string) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`)
