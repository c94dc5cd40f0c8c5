/** Steps in which we differ from the recorded cluster, by scenario and number, each with its reason. */
export const KNOWN_DIFFERENCES: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  'hands-on': {},
}
