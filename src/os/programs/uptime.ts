import { formatDate } from './date-format.ts'
import { tool, type Tool } from './tool.ts'

/** How long the machine has been up; nothing here measures load, so that is zero. */
export const uptime = tool({
  name: 'uptime',
  usage: '[-ps]',
  short: 'ps',
  *run(tool: Tool) {
    const { simulation } = tool.process.machine
    const minutes = Math.floor((simulation.nowMs - simulation.startMs) / 60_000)
    const days = Math.floor(minutes / 1440)
    const hours = Math.floor(minutes / 60) % 24
    const long =
      hours > 0
        ? `${String(hours).padStart(2)}:${String(minutes % 60).padStart(2, '0')}`
        : `${minutes % 60} min`
    const up = `${days > 0 ? `${days} day${days > 1 ? 's' : ''}, ` : ''}${long}`
    const users = tool.busybox ? '' : '  0 users,'
    yield* tool.print(
      ` ${formatDate(simulation.nowMs, '%H:%M:%S')} up ${up}, ${users} load average: 0.00, 0.00, 0.00\n`,
    )
  },
})
