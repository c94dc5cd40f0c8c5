import type { BrowseResult } from './browser.ts'

/** Who answered a page, as far as the page tells: the name it gives itself, else the address that was spoken to. */
export function backendOf(page: BrowseResult & { kind: 'page' }): string {
  return page.answeredBy ?? page.remoteAddress
}
