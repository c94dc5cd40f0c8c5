import type { OpenFile } from './process.ts'

/**
 * The descriptors of one process. Putting a file in counts a reference and taking it out (or replacing it) drops one;
 * the last one dropped closes the file. So `files.set(1, writer)` is dup2 and `files.delete(1)` is close.
 */
export class DescriptorTable extends Map<number, OpenFile> {
  override set(descriptor: number, file: OpenFile): this {
    retain(file)
    this.delete(descriptor)
    return super.set(descriptor, file)
  }

  override delete(descriptor: number): boolean {
    const file = this.get(descriptor)
    if (!file) return false
    super.delete(descriptor)
    release(file)
    return true
  }

  override clear(): void {
    for (const descriptor of [...this.keys()]) this.delete(descriptor)
  }

  /** The lowest free descriptor from `from` on. */
  lowestFree(from = 0): number {
    let descriptor = from
    while (this.has(descriptor)) descriptor++
    return descriptor
  }
}

/** Counts a reference that no descriptor stands for: a file set aside for the time of a redirection. */
export function retain(file: OpenFile): void {
  file.references = (file.references ?? 0) + 1
}

/** Drops such a reference. */
export function release(file: OpenFile): void {
  file.references = (file.references ?? 1) - 1
  if (file.references === 0) file.close()
}
