import { OPEN } from './open.ts'
import { VERSION } from './reasons.ts'

const CLAIM = 'the kubelet mounts no volumes of PersistentVolumeClaims'

export const DESCRIBE: Readonly<Record<number, string>> = {
  9: OPEN,
  71: "the cluster's certificate authority is another",
  91: VERSION,
  123: CLAIM,
  124: CLAIM,
  126: CLAIM,
}
