/**
 * Where everything stands on the map. A cluster has a known shape, so this is arithmetic, not a graph layout: the
 * outside at the left, Services in a row above, a box for each node with its Pods below. Pure: same cluster, same places.
 */
export interface MapPod {
  readonly key: string
  readonly name: string
  readonly node: string
  /** Part of Kubernetes itself: drawn small. */
  readonly isSystem: boolean
}

export interface MapService {
  readonly key: string
  readonly name: string
  readonly external: string
  readonly isSystem: boolean
}

export interface MapInput {
  readonly width: number
  readonly height: number
  /** Names in the order of drawing, the control plane first. */
  readonly nodes: readonly string[]
  readonly pods: readonly MapPod[]
  readonly services: readonly MapService[]
}

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** How much of a Pod there is room for: name and address, only the end of its name, or a dot. */
export type Detail = 'full' | 'short' | 'dot'

export interface MapLayout {
  readonly width: number
  readonly height: number
  readonly outside: Box
  readonly laptop: Box
  readonly balancers: ReadonlyMap<string, Box>
  readonly services: ReadonlyMap<string, Box>
  readonly nodes: ReadonlyMap<string, Box>
  readonly pods: ReadonlyMap<string, Box & { readonly detail: Detail }>
  /** Pods that no node has yet. */
  readonly unscheduled: Box | undefined
}

const GAP = 10
const NARROW = 620
const OUTSIDE_WIDTH = 128
const SERVICE = { width: 168, height: 44 }
const NODE_HEAD = 26
const NODE_PADDING = 8
const SYSTEM_POD = { height: 20, minWidth: 104 }
const SIZES: readonly {
  readonly detail: Detail
  readonly minWidth: number
  readonly height: number
  readonly gap: number
}[] = [
  { detail: 'full', minWidth: 118, height: 40, gap: 6 },
  { detail: 'short', minWidth: 58, height: 24, gap: 4 },
  { detail: 'dot', minWidth: 11, height: 11, gap: 3 },
]
/** Lines between Services and Pods need some air. */
const LINES_HEIGHT = 34

export function layoutMap(input: MapInput): MapLayout {
  const isNarrow = input.width < NARROW
  const left = isNarrow ? GAP : OUTSIDE_WIDTH + 3 * GAP
  const top = isNarrow ? 64 + 2 * GAP : GAP
  const right = input.width - GAP
  const { services, bottom } = layoutServices(input.services, { left, right, top })
  const nodesTop = bottom + (input.services.length > 0 ? LINES_HEIGHT : 0)
  const columns = isNarrow ? 1 : Math.max(1, Math.min(input.nodes.length, Math.floor((right - left) / 200)))
  const nodeWidth = (right - left - (columns - 1) * GAP) / columns
  const rows = Math.ceil(input.nodes.length / columns)
  const waiting = input.pods.filter(({ node }) => !input.nodes.includes(node))
  const waitingHeight = waiting.length > 0 ? 64 : 0
  const wantedHeight = (input.height - nodesTop - GAP - waitingHeight - (rows - 1) * GAP) / Math.max(1, rows)
  const nodes = new Map<string, Box>()
  const pods = new Map<string, Box & { detail: Detail }>()
  let y = nodesTop
  for (let row = 0; row < rows; row++) {
    const inRow = input.nodes.slice(row * columns, (row + 1) * columns)
    const own = inRow.map((node) => input.pods.filter((pod) => pod.node === node))
    const detail = detailFor(own, nodeWidth, wantedHeight)
    const height = Math.max(wantedHeight, 80, ...own.map((list) => neededHeight(list, nodeWidth, detail)))
    inRow.forEach((name, column) => {
      const box = { x: left + column * (nodeWidth + GAP), y, width: nodeWidth, height }
      nodes.set(name, box)
      placePods(pods, own[column]!, box, detail)
    })
    y += height + GAP
  }
  const unscheduled =
    waiting.length > 0 ? { x: left, y, width: right - left, height: waitingHeight - GAP } : undefined
  if (unscheduled) placePods(pods, waiting, { ...unscheduled, y: unscheduled.y - 4 }, 'short')
  const height = Math.max(input.height, y + waitingHeight)
  const outside = isNarrow
    ? { x: GAP, y: GAP, width: input.width - 2 * GAP, height: 64 }
    : { x: GAP, y: GAP, width: OUTSIDE_WIDTH, height: height - 2 * GAP }
  return {
    width: input.width,
    height,
    outside,
    ...layoutOutside(input.services, outside, isNarrow),
    services,
    nodes,
    pods,
    unscheduled,
  }
}

function layoutServices(
  services: readonly MapService[],
  { left, right, top }: { left: number; right: number; top: number },
) {
  const placed = new Map<string, Box>()
  const perRow = Math.max(1, Math.floor((right - left + GAP) / (SERVICE.width + GAP)))
  services.forEach(({ key }, index) => {
    const [row, column] = [Math.floor(index / perRow), index % perRow]
    placed.set(key, {
      x: left + column * (SERVICE.width + GAP),
      y: top + row * (SERVICE.height + GAP),
      ...SERVICE,
    })
  })
  const rows = Math.ceil(services.length / perRow)
  return { services: placed, bottom: top + Math.max(0, rows * (SERVICE.height + GAP) - GAP) }
}

function layoutOutside(services: readonly MapService[], outside: Box, isNarrow: boolean) {
  const inner = { x: outside.x + 8, y: outside.y + 26, width: isNarrow ? 92 : outside.width - 16, height: 30 }
  const balancers = new Map<string, Box>()
  services
    .filter(({ external }) => external !== '')
    .forEach(({ key }, index) => {
      const step = isNarrow ? { x: (index + 1) * (120 + 8) - 22, y: 0 } : { x: 0, y: (index + 1) * 52 }
      balancers.set(key, {
        x: inner.x + step.x,
        y: inner.y + step.y,
        width: isNarrow ? 120 : inner.width,
        height: isNarrow ? 30 : 42,
      })
    })
  return { laptop: inner, balancers }
}

const appsOf = (pods: readonly MapPod[]) => pods.filter(({ isSystem }) => !isSystem)
const columnsFor = (width: number, minWidth: number, gap: number) =>
  Math.max(1, Math.floor((width - 2 * NODE_PADDING + gap) / (minWidth + gap)))
const sizeOf = (detail: Detail) => SIZES.find((size) => size.detail === detail)!

/** The fullest form in which the Pods of every node of a row fit. */
function detailFor(own: readonly (readonly MapPod[])[], width: number, height: number): Detail {
  const fits = SIZES.find(({ detail }) => own.every((pods) => neededHeight(pods, width, detail) <= height))
  return fits?.detail ?? (Math.max(...own.map((pods) => appsOf(pods).length)) > 24 ? 'dot' : 'short')
}

function neededHeight(pods: readonly MapPod[], width: number, detail: Detail): number {
  const apps = appsOf(pods).length
  const { minWidth, height, gap } = sizeOf(detail)
  const rows = Math.ceil(apps / columnsFor(width, minWidth, gap))
  const systemRows = Math.ceil((pods.length - apps) / columnsFor(width, SYSTEM_POD.minWidth, 4))
  return (
    NODE_HEAD +
    rows * (height + gap) +
    (systemRows > 0 ? 6 + systemRows * (SYSTEM_POD.height + 4) : 0) +
    NODE_PADDING
  )
}

/** Pods of learners from the top, Pods of the system at the bottom. */
function placePods(
  placed: Map<string, Box & { detail: Detail }>,
  pods: readonly MapPod[],
  box: Box,
  detail: Detail,
): void {
  const { minWidth, height, gap } = sizeOf(detail)
  const apps = appsOf(pods)
  const across = columnsFor(box.width, minWidth, gap)
  const inner = box.width - 2 * NODE_PADDING
  const width =
    detail === 'dot'
      ? minWidth
      : Math.min((inner - (across - 1) * gap) / across, detail === 'full' ? 200 : 96)
  apps.forEach(({ key }, index) => {
    const [row, column] = [Math.floor(index / across), index % across]
    placed.set(key, {
      x: box.x + NODE_PADDING + column * (width + gap),
      y: box.y + NODE_HEAD + row * (height + gap),
      width,
      height,
      detail,
    })
  })
  const system = pods.filter(({ isSystem }) => isSystem)
  const systemAcross = columnsFor(box.width, SYSTEM_POD.minWidth, 4)
  const systemWidth = (inner - (systemAcross - 1) * 4) / systemAcross
  const systemRows = Math.ceil(system.length / systemAcross)
  const systemTop = box.y + box.height - NODE_PADDING - systemRows * (SYSTEM_POD.height + 4) + 4
  system.forEach(({ key }, index) => {
    const [row, column] = [Math.floor(index / systemAcross), index % systemAcross]
    placed.set(key, {
      x: box.x + NODE_PADDING + column * (systemWidth + 4),
      y: systemTop + row * (SYSTEM_POD.height + 4),
      width: systemWidth,
      height: SYSTEM_POD.height,
      detail: 'short',
    })
  })
}

export const centre = ({ x, y, width, height }: Box): { readonly x: number; readonly y: number } => ({
  x: x + width / 2,
  y: y + height / 2,
})
