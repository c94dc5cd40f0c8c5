import type { FileStatus } from '../file-system.ts'
import { utf8Length } from '../../encoding/utf8.ts'
import { wait, type Program, type Terminal } from '../process.ts'
import { resolvePath } from '../path.ts'

/** What a machine's owner lends under the name `editor`: the page's editor. Calls `done` once, when it was closed. */
export type EditorFacility = (request: EditorRequest, done: (result: EditorResult) => void) => Cancel

export interface EditorRequest {
  /** Absolute. */
  readonly path: string
  readonly text: string
  /** `vi`, `nano`. */
  readonly program: string
  /** Where it was started, if on a terminal. */
  readonly terminal: Terminal | undefined
}

export interface EditorResult {
  readonly saved: boolean
  /** The text to write; without it the file was written already. */
  readonly text?: string
}

/** Closes the editor: the program that waits for it was killed. */
export type Cancel = () => void

/** Opens the file in the page's editor and waits until it is closed there. */
const editor = (name: string): Program =>
  function* (process) {
    const file = process.argv.slice(1).find((arg) => !/^[-+]/.test(arg))
    const open = process.machine.facilities.get('editor') as EditorFacility | undefined
    if (!open) {
      yield* process.printError(
        `${name}: no editor is attached to this terminal\n` +
          `${name}: to change a file from here, write it with cat and a here-document, or use sed -i\n`,
      )
      return 1
    }
    if (file === undefined) {
      yield* process.printError(`${name}: name the file to edit\n`)
      return 1
    }
    const { files } = process.machine
    const path = resolvePath(process.cwd, file)
    const status: FileStatus | undefined = files.stat(path)
    if (status?.type === 'directory') {
      yield* process.printError(`${name}: ${file}: Is a directory\n`)
      return 1
    }
    const text = status ? files.read(path) : ''
    const { terminal } = process.files.get(0) ?? {}
    const result = yield* wait<EditorResult>((resume) =>
      open({ path, text, program: name, terminal }, resume),
    )
    if (!result.saved) return 0
    if (result.text !== undefined) files.write(path, result.text)
    const saved = result.text ?? files.read(path)
    const lines = saved.split('\n').length - (saved.endsWith('\n') ? 1 : 0)
    yield* process.print(`"${file}" ${lines}L, ${utf8Length(saved)}B written\n`)
    return 0
  }

export const nano = editor('nano')
export const vi = editor('vi')
export const vim = editor('vim')
