import { jsonPatch, PatchError } from '../../api/patch/json-patch.ts'
import { CommandError } from '../errors.ts'
import { goJson } from '../printers/json.ts'

interface Operation {
  readonly op?: unknown
  readonly path?: unknown
  readonly from?: unknown
  readonly value?: unknown
}

/** Applies a JSON patch as kubectl does without the server. @throws CommandError in kubectl's words */
export function patchLocally(document: unknown, operations: readonly unknown[]): unknown {
  return operations.reduce((result, operation, index) => {
    if (typeof operation !== 'object' || operation === null)
      throw new CommandError(
        `json: cannot unmarshal ${typeof operation} into Patch.${index} of type jsonpatch.Operation`,
      )
    checkOperation(operation)
    try {
      return jsonPatch(result, [operation])
    } catch (error) {
      if (error instanceof PatchError) throw new CommandError(reasonOf(result, operation))
      throw error
    }
  }, document)
}

const OPERATIONS = ['add', 'remove', 'replace', 'move', 'copy', 'test']

function checkOperation(operation: Operation): void {
  const invalid = (why: string): CommandError =>
    new CommandError(`invalid operation ${goJson(operation, { sorted: false })}: ${why}`)
  if (!OPERATIONS.includes(String(operation.op))) throw invalid('unsupported operation')
  if (operation.op === 'add' && operation.value === undefined)
    throw invalid("failed to decode 'value': operation, missing value field: missing value")
}

/** Why an operation cannot be done on a document. */
function reasonOf(document: unknown, operation: Operation): string {
  const op = String(operation.op)
  const moves = op === 'move' || op === 'copy'
  const path = String((moves ? operation.from : operation.path) ?? '')
  const key = path.slice(path.lastIndexOf('/') + 1)
  const parent = path.startsWith('/') ? valueAt(document, path.slice(1).split('/').slice(0, -1)) : undefined
  if (typeof parent !== 'object' || parent === null) {
    if (op === 'test') return `test operation does not apply: is missing path: ${path}: missing value`
    const shown = op === 'replace' ? path : JSON.stringify(path)
    return `${op} operation does not apply: doc is missing path: ${shown}: missing value`
  }
  if (op === 'test') return `testing value ${path} failed: test failed`
  if (op === 'replace') return `Object to be patched is missing field (${path}: missing value)`
  const why = Array.isArray(parent)
    ? /^-?\d+$/.test(key)
      ? `Unable to access invalid index: ${key}: invalid index referenced`
      : `value was not a proper array index: '${key}': strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`
    : `unable to ${op === 'remove' ? 'remove' : 'get'} nonexistent key: ${key}: missing value`
  if (op === 'move') return `error in move for path: '${key}': ${why}`
  return `error in ${op} for ${moves ? 'from' : 'path'}: '${path}': ${why}`
}

function valueAt(document: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string, unknown>)[step]
        : undefined,
    document,
  )
}
