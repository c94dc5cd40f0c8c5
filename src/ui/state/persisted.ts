/** Small values that outlive the visit. Where storage is refused they live as long as the page. */

export function load<T extends object>(key: string, initial: T): T {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(`tabernetes.${key}`) ?? 'null')
    return typeof stored === 'object' && stored !== null ? { ...initial, ...stored } : initial
  } catch {
    return initial
  }
}

export function save(key: string, value: object): void {
  try {
    localStorage.setItem(`tabernetes.${key}`, JSON.stringify(value))
  } catch {
    // Private window or full: nothing to do, nothing lost but a preference.
  }
}
