import type { Process } from '../os/process.ts'
import { civilTime } from '../encoding/time.ts'

/** A line of Kubernetes' own log format: severity, date, time, process, source, message. */
export function klog(
  context: { readonly process: Process },
  severity: 'I' | 'W' | 'E' | 'F',
  source: string,
  message: string,
): string {
  const { month, day, hour, minute, second, millisecond } = civilTime(context.process.now())
  const micros = Math.floor(millisecond * 1000)
  const time = `${pad(hour)}:${pad(minute)}:${pad(second)}.${pad(micros, 6)}`
  return `${severity}${pad(month)}${pad(day)} ${time} ${String(context.process.pid).padStart(7)} ${source}] ${message}\n`
}

const pad = (value: number, width = 2): string => String(value).padStart(width, '0')
