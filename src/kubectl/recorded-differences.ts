/** Commands that are not compared: what is out of scope (SCOPE.md), and prose of kubectl's authors. */
export const OUT_OF_SCOPE =
  /^kubectl (cp|port-forward|proxy|debug|kustomize|completion|plugin|explain)\b| -k |--help\b| -h\b| auth reconcile/

const UNSTABLE_SORT = 'equal keys keep their order here; the real sort shuffles them'
const NO_SCRIPT = 'the editor script was made in a step that is not among the recordings'
const HIDDEN_PATH = "the recorder's own kubeconfig path was shortened in the recording"

/** Recorded steps that our kubectl answers differently, and why. */
export const KNOWN_DIFFERENCES: Readonly<Record<string, string>> = {
  'get 58': UNSTABLE_SORT,
  'get 59': UNSTABLE_SORT,
  'get 60': UNSTABLE_SORT,
  'get 167': UNSTABLE_SORT,
  'verbs 360': HIDDEN_PATH,
  'verbs 361': HIDDEN_PATH,
  'verbs 428':
    'the recorder ended the attached session after the banner was written once; ours is given its text again',
  'tty 25': NO_SCRIPT,
  'tty 27': NO_SCRIPT,
  'tty 33': NO_SCRIPT,
  'tty 39': NO_SCRIPT,
  'drain-mixed 294': 'the recorder gave up after nine tries; ours goes on asking',
  'idle 56': 'the OpenAPI index is not among the recorded answers',
}
