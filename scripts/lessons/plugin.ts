/**
 * Lessons as part of the build. Every lesson becomes a page of its own, prose and all, that is readable before any
 * script runs; the page's script has the list of them and, on demand, a lesson's data as `virtual:lessons`.
 */
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { collectLessons, type LessonFolder } from './collect.ts'
import { lessonPage, PLAYGROUND } from './page.ts'
import { renderLesson, type RenderedLesson } from './render.ts'

export interface Lesson extends LessonFolder, RenderedLesson {}

const LIST = 'virtual:lessons'
const ONE = 'virtual:lesson/'

export function lessons(root = 'lessons'): Plugin {
  let found: readonly Lesson[] = []
  let folder = root
  return {
    name: 'lessons',
    configResolved(config) {
      folder = join(config.root, root)
    },
    async buildStart() {
      found = await Promise.all(collectLessons(folder).map(renderFolder))
    },
    resolveId: (id) => (id === LIST || id.startsWith(ONE) ? `\0${id}` : undefined),
    load(id) {
      if (id === `\0${LIST}`) return listModule(found)
      if (!id.startsWith(`\0${ONE}`)) return undefined
      const lesson = found.find((one) => one.id === id.slice(ONE.length + 1))
      return lesson && `export default ${JSON.stringify(sourceOf(lesson))}`
    },
    configureServer(server) {
      server.watcher.add(folder)
      server.watcher.on('all', (_event, path) => {
        if (!path.startsWith(folder)) return
        void Promise.all(collectLessons(folder).map(renderFolder)).then((next) => {
          found = next
          server.moduleGraph.invalidateAll()
          server.ws.send({ type: 'full-reload' })
        })
      })
    },
    transformIndexHtml: {
      order: 'post',
      handler(html, { originalUrl, server }) {
        // The build fills in every page at the end, when the names of its scripts are known.
        if (!server) return html
        const id = /lessons\/(.+?)\/(?:index\.html)?$/.exec(originalUrl ?? '')?.[1]
        return lessonPage(
          html,
          originalUrl?.startsWith('/play/')
            ? undefined
            : (found.find((lesson) => lesson.id === id) ?? found[0]),
          '',
        )
      },
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const index = bundle['index.html']
        if (index?.type !== 'asset') return
        const html = String(index.source)
        index.source = lessonPage(html, found[0], '')
        const pages = found.map((lesson) => [`lessons/${lesson.id}/index.html`, lesson] as const)
        for (const [fileName, lesson] of [...pages, [PLAYGROUND, undefined] as const]) {
          const up = '../'.repeat(fileName.split('/').length - 1)
          this.emitFile({ type: 'asset', fileName, source: lessonPage(html, lesson, up) })
        }
      },
    },
  }
}

async function renderFolder(folder: LessonFolder): Promise<Lesson> {
  try {
    return { ...folder, ...(await renderLesson(folder.markdown)) }
  } catch (error) {
    throw new Error(
      `${join(folder.folder, 'lesson.md')}: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function listModule(found: readonly Lesson[]): string {
  const summaries = found.map(({ id, title, steps, spec }) => ({
    id,
    title,
    steps,
    duration: spec['duration'],
    difficulty: spec['difficulty'],
    seed: spec['seed'],
    layout: spec['layout'],
  }))
  const loaders = found.map(({ id }) => `${JSON.stringify(id)}: () => import(${JSON.stringify(ONE + id)})`)
  return [
    `export const lessons = ${JSON.stringify(summaries)}`,
    `const sources = { ${loaders.join(', ')} }`,
    `export async function loadLesson(id) { return (await sources[id]()).default }`,
  ].join('\n')
}

const sourceOf = ({ id, spec, setup, files, liveNames }: Lesson) => ({ id, spec, setup, files, liveNames })
