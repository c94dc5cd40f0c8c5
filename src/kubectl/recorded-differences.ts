/** Commands that are not compared: what is out of scope (SCOPE.md), and prose of kubectl's authors. */
export const OUT_OF_SCOPE =
  /^kubectl (cp|port-forward|proxy|debug|kustomize|completion|plugin|explain)\b| -k |--help\b| -h\b| auth reconcile/

/** Recorded steps that our kubectl answers differently, and why. */
export const KNOWN_DIFFERENCES: Readonly<Record<string, string>> = {}
