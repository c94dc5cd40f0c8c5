/** The page's script: takes over the frame that the HTML came with, and starts the worker. */
import { mount } from 'svelte'
import { loadLesson } from 'virtual:lessons'
import App from './App.svelte'
import { layout } from './state/layout.svelte.ts'
import { lesson } from './state/lesson.svelte.ts'
import { session } from './state/session.svelte.ts'
import { indexedDbStore } from './state/session-store.ts'
import { readShared } from './state/share.ts'
import { terminals } from './state/terminals.svelte.ts'
import EngineWorker from '../worker/main.ts?worker'

const frame = document.getElementById('app')!
const prose = document.getElementById('prose')!
frame.replaceChildren()
layout.begin(lesson.summary?.layout)
for (const name of lesson.summary?.layout?.bottom ?? []) {
  if (name.startsWith('terminal:')) terminals.ensure(name.slice('terminal:'.length))
}
mount(App, { target: frame, props: { prose } })

// A call to the worker that nobody waits for and that fails is a bug of ours: shown, never swallowed.
addEventListener('unhandledrejection', ({ reason }) => {
  session.faults = [...session.faults, reason instanceof Error ? reason.message : String(reason)]
})

async function start(): Promise<void> {
  const shared = await readShared(location.hash).catch(() => {
    session.notice =
      'The session in this link cannot be read: it was cut, or is of another kind. This is your own.'
    return undefined
  })
  const id = lesson.summary?.id
  const source = id === undefined ? undefined : await loadLesson(id)
  session.start({
    createWorker: () => new EngineWorker({ name: 'cluster' }),
    store: indexedDbStore,
    // What came by a link stands beside the learner's own session, never in its place.
    session: (id ?? 'playground') + (shared ? ' (shared)' : ''),
    seed: lesson.summary?.seed ?? 1,
    ...(source ? { lesson: source } : {}),
    ...(shared ? { shared } : {}),
  })
}

void start()
