import { SystemError } from '../process.ts'

/** What one value or one word may come to, in characters: what a machine with little memory would give. */
const MAX_TEXT = 16_777_216
/** How many words braces may make of one. */
const MAX_WORDS = 100_000

/** Ends the shell, as bash ends when malloc fails. @throws SystemError */
export function checkTextLength(length: number): void {
  if (length > MAX_TEXT) throw new SystemError('ENOMEM', `xrealloc: cannot allocate ${length} bytes`)
}

/** @throws SystemError */
export function checkWordCount(count: number): void {
  if (count > MAX_WORDS) throw new SystemError('ENOMEM', `xrealloc: cannot allocate ${count * 16} bytes`)
}
