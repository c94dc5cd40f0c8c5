/** Packets as dots on a canvas above the map. The network tells a way when it is over; here it is travelled again, slowly. */
import { isDelivered, tupleOf, type PacketStory } from '../../network/story.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

interface Dot {
  readonly flow: number
  readonly path: readonly Point[]
  readonly colour: string
  readonly isLost: boolean
  readonly beganAt: number
  readonly takesMs: number
  at: Point
}

const AT_ONCE = 80
const PER_LEG_MS = 320
/** Packets of one moment start one after the other, or they would hide each other. */
const STAGGER_MS = 45
/** How near a click must be. */
const REACH_PX = 14

export class PacketLayer {
  readonly #canvas: HTMLCanvasElement
  readonly #pointOf: (host: string) => Point | undefined
  #dots: Dot[] = []
  #frame = 0
  #nextStart = 0

  constructor(canvas: HTMLCanvasElement, pointOf: (host: string) => Point | undefined) {
    this.#canvas = canvas
    this.#pointOf = pointOf
  }

  /** Bare acknowledgements are left out: they would triple the traffic and say nothing. */
  add(
    flow: number,
    story: PacketStory,
    hosts: readonly string[],
    { isReply, speed }: { readonly isReply: boolean; readonly speed: number },
  ): void {
    const { protocol, detail, to, from } = tupleOf(story.hops[0]!.before)
    if (this.#dots.length >= AT_ONCE || (protocol === 'tcp' && !/SYN|PSH|RST/.test(detail))) return
    const path = hosts.map(this.#pointOf).filter((point) => point !== undefined)
    if (path.length === 0) return
    const isDns = to.endsWith(':53') || from.endsWith(':53')
    const isLost = !isDelivered(story)
    const now = performance.now()
    const tookMs = story.hops.at(-1)!.atMs - story.hops[0]!.atMs
    this.#nextStart = Math.max(this.#nextStart + STAGGER_MS, now)
    this.#dots.push({
      flow,
      path,
      colour: this.#colour(
        isLost || detail.includes('RST')
          ? '--bad'
          : isDns
            ? '--code-token-keyword'
            : isReply
              ? '--ok'
              : '--accent',
      ),
      isLost,
      beganAt: this.#nextStart,
      takesMs: Math.max((path.length - 1) * PER_LEG_MS, PER_LEG_MS, speed > 0 ? tookMs / speed : 0),
      at: path[0]!,
    })
    this.#frame ||= requestAnimationFrame(this.#draw)
  }

  /** The connection of the dot at that place. */
  flowAt(point: Point): number | undefined {
    const near = this.#dots.filter(({ at }) => Math.hypot(at.x - point.x, at.y - point.y) < REACH_PX)
    return near.at(-1)?.flow
  }

  stop(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    this.#dots = []
  }

  readonly #draw = (now: number): void => {
    const context = this.#canvas.getContext('2d')
    if (!context) return
    const scale = devicePixelRatio
    const { clientWidth, clientHeight } = this.#canvas
    if (this.#canvas.width !== clientWidth * scale || this.#canvas.height !== clientHeight * scale) {
      this.#canvas.width = clientWidth * scale
      this.#canvas.height = clientHeight * scale
    }
    context.setTransform(scale, 0, 0, scale, 0, 0)
    context.clearRect(0, 0, clientWidth, clientHeight)
    this.#dots = this.#dots.filter((dot) => now < dot.beganAt + dot.takesMs + (dot.isLost ? 900 : 150))
    for (const dot of this.#dots)
      if (now >= dot.beganAt) paint(context, dot, (now - dot.beganAt) / dot.takesMs)
    this.#frame = this.#dots.length > 0 ? requestAnimationFrame(this.#draw) : 0
  }

  #colour(property: string): string {
    // `light-dark()` is resolved by asking for a real colour.
    this.#canvas.style.color = `var(${property})`
    return getComputedStyle(this.#canvas).color
  }
}

function paint(context: CanvasRenderingContext2D, dot: Dot, progress: number): void {
  dot.at = along(dot.path, Math.min(1, progress))
  const { x, y } = dot.at
  context.fillStyle = context.strokeStyle = dot.colour
  if (dot.isLost && progress >= 1) {
    context.lineWidth = 2.5
    context.beginPath()
    for (const sign of [1, -1]) {
      context.moveTo(x - 6, y - 6 * sign)
      context.lineTo(x + 6, y + 6 * sign)
    }
    context.stroke()
    return
  }
  context.globalAlpha = 0.22
  context.beginPath()
  context.arc(x, y, 9, 0, 7)
  context.fill()
  context.globalAlpha = 1
  context.beginPath()
  context.arc(x, y, 4.5, 0, 7)
  context.fill()
}

/** The point at a share of a path whose legs all take the same time. */
export function along(path: readonly Point[], share: number): Point {
  const at = share * (path.length - 1)
  const leg = Math.min(Math.floor(at), path.length - 2)
  if (leg < 0) return path[0]!
  const [from, to] = [path[leg]!, path[leg + 1]!]
  const part = ease(at - leg)
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }
}

const ease = (share: number) => (share < 0.5 ? 2 * share * share : 1 - (-2 * share + 2) ** 2 / 2)
