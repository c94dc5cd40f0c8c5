import type { Process } from '../os/process.ts'
import { dateOf, pad } from './printers/time.ts'

/** A line of Kubernetes' own log format: severity, date, time, process, source, message. */
export function klog(
  context: { readonly process: Process },
  severity: 'I' | 'W' | 'E',
  source: string,
  message: string,
): string {
  const now = context.process.now()
  const { month, day, hour, minute, second } = dateOf(now)
  const micros = Math.floor((now % 1000) * 1000)
  const time = `${pad(hour)}:${pad(minute)}:${pad(second)}.${pad(micros, 6)}`
  return `${severity}${pad(month)}${pad(day)} ${time} ${String(context.process.pid).padStart(7)} ${source}] ${message}\n`
}
