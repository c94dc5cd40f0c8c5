/**
 * A set of field paths in the form in which managedFields carry it (FieldsV1): a tree of `f:NAME` (a field),
 * `k:{"port":80}` (an item of a list by its keys) and `v:"x"` (a value of a set). A node that is empty or has a `.` is
 * itself in the set; one with children alone only leads to them.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet
}

export const LEAF: FieldSet = {}

const SELF = '.'

const isLeaf = (node: FieldSet): boolean => {
  for (const _element in node) return false
  return true
}

const isMember = (node: FieldSet): boolean => SELF in node || isLeaf(node)

/** A node from its children; undefined when neither it nor any of them is in the set. */
export function nodeOf(member: boolean, children: Readonly<Record<string, FieldSet>>): FieldSet | undefined {
  if (isLeaf(children)) return member ? LEAF : undefined
  return member ? { [SELF]: LEAF, ...children } : children
}

/** The node without being in the set itself; undefined when nothing is left. */
export const childrenAlone = (node: FieldSet): FieldSet | undefined => nodeOf(false, childrenOf(node))

function childrenOf(node: FieldSet): Record<string, FieldSet> {
  const { [SELF]: _self, ...children } = node
  return children
}

export function union(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (!a || !b) return a ?? b
  const children = childrenOf(a)
  for (const [element, child] of Object.entries(childrenOf(b))) {
    children[element] = union(children[element], child)!
  }
  return nodeOf(isMember(a) || isMember(b), children)
}

/** Paths of `a` that are not in `b`. */
export function difference(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (!a || !b) return a
  return combine(a, b, isMember(a) && !isMember(b), (mine, theirs) => difference(mine, theirs))
}

export function intersection(a: FieldSet | undefined, b: FieldSet | undefined): FieldSet | undefined {
  if (!a || !b) return undefined
  return combine(a, b, isMember(a) && isMember(b), (mine, theirs) => intersection(mine, theirs))
}

function combine(
  a: FieldSet,
  b: FieldSet,
  member: boolean,
  combineChild: (mine: FieldSet, theirs: FieldSet | undefined) => FieldSet | undefined,
): FieldSet | undefined {
  const children: Record<string, FieldSet> = {}
  for (const [element, child] of Object.entries(childrenOf(a))) {
    const left = combineChild(child, element in b ? b[element] : undefined)
    if (left) children[element] = left
  }
  return nodeOf(member, children)
}

/** The same with its elements in the order in which the server writes them. */
export function sorted(set: FieldSet): FieldSet {
  const elements = Object.keys(set).sort()
  return Object.fromEntries(elements.map((element) => [element, sorted(set[element]!)]))
}

/** The paths as messages show them: `.spec.ports[port=80,protocol="TCP"].port`. */
export function pathsOf(set: FieldSet, before = ''): string[] {
  const own = before !== '' && isMember(set) ? [before] : []
  const children = Object.entries(childrenOf(set)).sort(([a], [b]) => (a < b ? -1 : 1))
  return [...own, ...children.flatMap(([element, child]) => pathsOf(child, before + shown(element)))]
}

export function shown(element: string): string {
  const rest = element.slice(2)
  if (element.startsWith('f:')) return `.${rest}`
  if (element.startsWith('v:')) return `[=${rest}]`
  const keys = Object.entries(JSON.parse(rest) as Record<string, unknown>)
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`
}

export const sameSet = (a: FieldSet, b: FieldSet): boolean => !difference(a, b) && !difference(b, a)
