/** The rules of a node, as `iptables-save` prints them, and the one that is looked at. */
import { session } from './session.svelte.ts'

class Rules {
  node = $state('')
  text = $state.raw('')
  error = $state('')
  /** The line to light up. */
  wanted = $state.raw<{ readonly chain: string; readonly rule: string }>()

  show(node: string, { chain, rule }: { readonly chain: string; readonly rule: string }): void {
    this.wanted = { chain, rule }
    void this.load(node)
  }

  async load(node: string): Promise<void> {
    this.node = node
    try {
      this.text = await session.call('rules', node)
      this.error = ''
    } catch (error) {
      this.text = ''
      this.error = error instanceof Error ? error.message : String(error)
    }
  }
}

export const rules = new Rules()
