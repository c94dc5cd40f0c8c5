import { journalDate } from '../../../encoding/dates.ts'
import { Inbox } from '../../net/waiting.ts'
import type { JournalEntry } from '../../systemd.ts'
import { tool } from '../tool.ts'
import { systemdOf } from './systemctl.ts'

/** journalctl: what services and systemd about them have said. */
export const journalctl = tool({
  name: 'journalctl',
  usage: '[OPTIONS...]',
  about: 'Query the journal.',
  short: 'u:fn:exr',
  long: { unit: 'u:', follow: 'f', lines: 'n:', 'no-pager': 'no-pager', reverse: 'r' },
  *run(tool) {
    const { options, process } = tool
    const systemd = systemdOf(process)
    const unit = options.get('u')?.replace(/\.service$/, '')
    const isShown = (entry: JournalEntry) => unit === undefined || entry.unit === unit
    const show = ({ atMs, identifier, text }: JournalEntry) =>
      `${journalDate(atMs)} ${process.machine.hostname} ${identifier}: ${text}\n`
    const follows = options.has('f')
    const count = Number(options.get('n') ?? (follows ? 10 : Infinity))
    const entries = systemd.journal.filter(isShown)
    const latest = count === 0 ? [] : entries.slice(-count)
    if (options.has('r')) latest.reverse()
    yield* tool.print(latest.length > 0 || follows ? latest.map(show).join('') : '-- No entries --\n')
    if (!follows) return 0
    yield* tool.flush()
    const inbox = new Inbox<JournalEntry>()
    const stop = systemd.listen((entry) => {
      if (isShown(entry)) inbox.put(entry)
    })
    try {
      for (;;) {
        const next = yield* inbox.take(process)
        if (typeof next === 'object') yield* process.print(show(next.item))
      }
    } finally {
      stop()
    }
  },
})
