/** One polite live region: what happened, gathered for a second and said in one breath. */
const GATHER_MS = 1000
const AT_MOST = 3

class Announcer {
  text = $state('')
  #waiting: string[] = []
  #timer: ReturnType<typeof setTimeout> | undefined

  say(text: string): void {
    if (this.#waiting.includes(text)) return
    this.#waiting.push(text)
    this.#timer ??= setTimeout(() => this.#speak(), GATHER_MS)
  }

  #speak(): void {
    const more = this.#waiting.length - AT_MOST
    this.text = [...this.#waiting.slice(0, AT_MOST), ...(more > 0 ? [`and ${more} more changes`] : [])].join(
      '; ',
    )
    this.#waiting = []
    this.#timer = undefined
  }
}

export const announcer = new Announcer()
