import { OPEN } from './open.ts'

const PROSE =
  "the descriptions served are those of client-node's models, which leave out some and join the lines of others"
const PROCESS_ID = "the line begins with the number of kubectl's process"
const SHORTENED = "the recorder's own kubeconfig path was shortened in the recording"
const NGINX_IMAGE =
  "the recorded nginx was home-made on busybox; ours has Debian's folders and coreutils, as the real image"
const LOOPBACK_6 = 'no IPv6 is simulated, so there is no [::1] to listen on'
const KUSTOMIZE = 'kustomize is out of scope'

export const VERBS: Readonly<Record<number, string>> = {
  45: PROCESS_ID,
  46: PROCESS_ID,
  312: PROSE,
  314: PROSE,
  315: PROSE,
  317: PROSE,
  320: PROSE,
  322: PROSE,
  323: PROSE,
  324: PROSE,
  325: PROSE,
  328: PROSE,
  329: PROSE,
  333: PROSE,
  334: PROSE,
  360: SHORTENED,
  361: SHORTENED,
  381: 'the completion script is our own: the shell here knows kubectl already',
  412: NGINX_IMAGE,
  417: NGINX_IMAGE,
  422: OPEN,
  423: OPEN,
  424: OPEN,
  426: OPEN,
  430: LOOPBACK_6,
  431: LOOPBACK_6,
  435: LOOPBACK_6,
  439: KUSTOMIZE,
  442: KUSTOMIZE,
}
