import { equal, isObject, setOwn, type JsonObject } from '../objects.ts'

/** An operation of RFC 6902 that cannot be done, or a patch that is none. */
export class PatchError extends Error {}

/** The patch's text is not a list of operations. */
export class PatchDecodeError extends Error {}

/**
 * Applies a JSON patch (RFC 6902). The document is not changed; untouched parts are shared.
 * @throws PatchDecodeError, PatchError
 */
export function jsonPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    const type = isObject(patch) ? 'object' : typeof patch === 'boolean' ? 'bool' : typeof patch
    throw new PatchDecodeError(`json: cannot unmarshal ${type} into Go value of type []handlers.jsonPatchOp`)
  }
  let result = document
  for (const operation of patch) {
    if (!isObject(operation))
      throw new PatchDecodeError('json: cannot unmarshal value into Go value of type handlers.jsonPatchOp')
    result = applyOne(result, operation)
  }
  return result
}

function applyOne(document: unknown, operation: JsonObject): unknown {
  const path = pointer(operation['path'])
  switch (operation['op']) {
    case 'add':
      return change(document, path, 'add', operation['value'])
    case 'remove':
      return change(document, path, 'remove', undefined)
    case 'replace':
      return change(document, path, 'replace', operation['value'])
    case 'copy':
      return change(document, path, 'add', read(document, pointer(operation['from'])))
    case 'move': {
      const from = pointer(operation['from'])
      const value = read(document, from)
      return change(change(document, from, 'remove', undefined), path, 'add', value)
    }
    case 'test':
      if (!equal(read(document, path), operation['value'])) throw new PatchError('test failed')
      return document
    default:
      throw new PatchError(`unexpected kind: ${String(operation['op'])}`)
  }
}

function pointer(path: unknown): string[] {
  if (path === '') return []
  if (typeof path !== 'string' || !path.startsWith('/')) throw new PatchError('no path')
  return path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function read(document: unknown, path: readonly string[]): unknown {
  let value = document
  for (const step of path) {
    if (Array.isArray(value)) value = value[indexIn(value, step, value.length - 1)]
    else if (isObject(value) && Object.hasOwn(value, step)) value = value[step]
    else throw new PatchError(`no such key: ${step}`)
  }
  return value
}

function change(
  value: unknown,
  path: readonly string[],
  mode: 'add' | 'remove' | 'replace',
  next: unknown,
): unknown {
  const [step, ...rest] = path
  if (step === undefined) return mode === 'remove' ? null : next
  if (Array.isArray(value)) return changeItem(value, step, rest, mode, next)
  if (!isObject(value)) throw new PatchError(`no such key: ${step}`)
  const exists = Object.hasOwn(value, step)
  if (!exists && (rest.length > 0 || mode !== 'add')) throw new PatchError(`no such key: ${step}`)
  const copy: Record<string, unknown> = { ...value }
  if (rest.length === 0 && mode === 'remove') delete copy[step]
  else setOwn(copy, step, rest.length === 0 ? next : change(value[step], rest, mode, next))
  return copy
}

function changeItem(
  items: readonly unknown[],
  step: string,
  rest: readonly string[],
  mode: 'add' | 'remove' | 'replace',
  next: unknown,
) {
  const adds = rest.length === 0 && mode === 'add'
  const index =
    adds && step === '-' ? items.length : indexIn(items, step, adds ? items.length : items.length - 1)
  if (adds) return items.toSpliced(index, 0, next)
  if (rest.length === 0 && mode === 'remove') return items.toSpliced(index, 1)
  return items.with(index, rest.length === 0 ? next : change(items[index], rest, mode, next))
}

function indexIn(items: readonly unknown[], step: string, last: number): number {
  const index = /^-?(0|[1-9]\d*)$/.test(step) ? Number(step) : NaN
  const positive = index < 0 ? items.length + index : index
  if (!(positive >= 0 && positive <= last)) throw new PatchError(`invalid index: ${step}`)
  return positive
}
