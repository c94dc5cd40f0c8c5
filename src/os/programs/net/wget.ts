import type { UserlandProgram } from '../userland.ts'
import { busyboxWget } from './wget-busybox.ts'
import { gnuWget } from './wget-gnu.ts'

export const wget: UserlandProgram = (process, userland) =>
  (userland === 'gnu' ? gnuWget : busyboxWget)(process, userland)
