/** Names that have to fit. */

/** About how wide a letter is, in px, in the sizes the map uses. */
export const LETTER = { bold: 8.4, mono: 6.8, small: 6.3 } as const

/** `text` in `width` px of letters about `letter` px wide, its middle left out where it must be: ends tell Pods apart. */
export function fitted(text: string, width: number, letter: number): string {
  const room = Math.max(3, Math.floor(width / letter))
  if (text.length <= room) return text
  const tail = Math.min(6, Math.floor(room / 2))
  return `${text.slice(0, room - tail - 1)}…${text.slice(-tail)}`
}

/** `kube-controller-manager-control-plane` is `controller-manager`: on its node, the node's name says nothing. */
export function shortName(name: string): string {
  return name
    .replace(/-control-plane$/, '')
    .replace(/-[bcdfghjklmnpqrstvwxz2456789]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/, '')
    .replace(/-[bcdfghjklmnpqrstvwxz2456789]{5}$/, '')
    .replace(/^kube-(?=apiserver|controller|scheduler)/, '')
}

/** The few letters that tell a Pod from its siblings where there is no room for more; a name of its own keeps its start. */
export function briefName(name: string): string {
  return /-[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(name) ? name.slice(-5) : name
}

/** A colour for a namespace: always the same for the same name. */
export function tintOf(namespace: string): string {
  if (namespace === 'default') return 'oklch(62% 0.15 265)'
  let hash = 7
  for (const letter of namespace) hash = (hash * 31 + letter.charCodeAt(0)) % 9973
  return `oklch(65% 0.14 ${(hash * 47) % 360})`
}
