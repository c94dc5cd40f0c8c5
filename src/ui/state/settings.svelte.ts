/** What the learner prefers; one profile for all lessons. */
import { load, save } from './persisted.ts'

const DEFAULTS = {
  theme: 'system' as 'system' | 'light' | 'dark',
  /** Text size of the page in px; terminal and editor are a pixel smaller. */
  fontSize: 15,
  /** xterm keeps a hidden copy of its screen for screen readers. */
  screenReaderMode: false,
  /** The terminal as an input and a list. `auto`: on phones only. */
  transcript: 'auto' as 'auto' | 'always' | 'never',
  motion: 'system' as 'system' | 'reduced' | 'full',
}

class Settings {
  #values = $state(load('settings', DEFAULTS))
  #systemReduced = $state(matchMedia('(prefers-reduced-motion: reduce)').matches)
  #systemDark = $state(matchMedia('(prefers-color-scheme: dark)').matches)

  constructor() {
    matchMedia('(prefers-reduced-motion: reduce)').addEventListener(
      'change',
      (event) => (this.#systemReduced = event.matches),
    )
    matchMedia('(prefers-color-scheme: dark)').addEventListener(
      'change',
      (event) => (this.#systemDark = event.matches),
    )
  }

  get values(): typeof DEFAULTS {
    return this.#values
  }

  get reducedMotion(): boolean {
    return this.#values.motion === 'system' ? this.#systemReduced : this.#values.motion === 'reduced'
  }

  get isDark(): boolean {
    return this.#values.theme === 'system' ? this.#systemDark : this.#values.theme === 'dark'
  }

  /** Writes the values to storage and onto the page; run in an effect. */
  apply(): void {
    const { theme, fontSize } = this.#values
    const root = document.documentElement
    if (theme === 'system') delete root.dataset['theme']
    else root.dataset['theme'] = theme
    root.style.setProperty('--font-size', `${fontSize}px`)
    root.dataset['motion'] = this.reducedMotion ? 'reduced' : 'full'
    save('settings', $state.snapshot(this.#values))
  }
}

export const settings = new Settings()
