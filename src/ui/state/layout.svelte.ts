/** Where the panes are: the arrangement follows the window, sizes and open tabs are remembered. */
import { load, save } from './persisted.ts'

/** desktop: three areas. landscape: lesson beside tabs. portrait: lesson above tabs. phone: one pane at a time. */
export type Arrangement = 'desktop' | 'landscape' | 'portrait' | 'phone'

export const TOP_PANES = ['map', 'table', 'trace', 'events', 'rules', 'browser'] as const
export const BOTTOM_PANES = ['terminals', 'yaml'] as const
export type Pane = (typeof TOP_PANES)[number] | (typeof BOTTOM_PANES)[number]

export const PANE_LABELS: Readonly<Record<Pane, string>> = {
  map: 'Map',
  table: 'Table',
  trace: 'Trace',
  events: 'Events',
  rules: 'Rules',
  browser: 'Browser',
  terminals: 'Terminals',
  yaml: 'YAML',
}

export const LESSON_MIN_PX = 320
const DEFAULTS = {
  lessonPx: 376,
  topShare: 0.488,
  top: 'map' as Pane,
  bottom: 'terminals' as Pane,
  lessonOpen: true,
}

class Layout {
  readonly sizes = $state(load('layout', DEFAULTS))
  arrangement = $state<Arrangement>(arrangementNow())
  /** What a single tabbed area shows. */
  single = $state<Pane>('terminals')
  /** On a phone: the lesson, or the single area. */
  phoneView = $state<'lesson' | 'work'>('lesson')

  constructor() {
    addEventListener('resize', () => (this.arrangement = arrangementNow()))
  }

  /** How a lesson wants to begin. */
  begin(wanted: { readonly top?: string } | undefined): void {
    const top = TOP_PANES.find((pane) => pane === wanted?.top)
    if (top) this.sizes.top = top
    this.sizes.bottom = 'terminals'
  }

  /** Brings a pane to the front wherever it lives now. */
  show(pane: Pane): void {
    this.single = pane
    this.phoneView = 'work'
    if (isTop(pane)) this.sizes.top = pane
    else this.sizes.bottom = pane
  }

  isVisible(pane: Pane): boolean {
    if (this.arrangement === 'desktop') return pane === this.sizes.top || pane === this.sizes.bottom
    return this.single === pane && (this.arrangement !== 'phone' || this.phoneView === 'work')
  }

  remember(): void {
    save('layout', $state.snapshot(this.sizes))
  }
}

export const isTop = (pane: Pane): boolean => (TOP_PANES as readonly string[]).includes(pane)

function arrangementNow(): Arrangement {
  if (innerWidth < 640 || (innerHeight < 480 && innerWidth < 960)) return 'phone'
  if (innerWidth >= 1100) return 'desktop'
  return innerWidth > innerHeight ? 'landscape' : 'portrait'
}

export const layout = new Layout()
