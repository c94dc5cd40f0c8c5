import type { UserlandProgram } from '../userland.ts'
import { bindNslookup } from './nslookup-bind.ts'
import { busyboxNslookup } from './nslookup-busybox.ts'

export const nslookup: UserlandProgram = (process, userland) =>
  userland === 'gnu' ? bindNslookup(process) : busyboxNslookup(process, userland)
