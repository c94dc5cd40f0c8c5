/**
 * The order of rules in what kubectl prints: by verbs, then group, type and name; a part of a type or path before the
 * whole.
 * @param a `[resource, urls, names, verbs]`, as the columns are printed
 */
export function byRule(a: readonly string[], b: readonly string[]): number {
  const [left, right] = [keyOf(a), keyOf(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

function keyOf([resource = '', urls = '', names = '', verbs = '']: readonly string[]): string {
  const [path = '', subresource] = resource.split('/')
  const [plural = '', ...group] = path.split('.')
  const type = subresource === undefined ? plural : `${plural}/${subresource}`
  return `${verbs} ${group.join('.')}] ${type}] ${names} ${urls}`
}
